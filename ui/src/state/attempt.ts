/** A save or a step that the server may refuse: one at a time, what is wrong beside its field, and the eye led there. */
import { nextTick, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";

import { t } from "../i18n";
import { formErrors } from "../resource/form_errors";

export interface Attempts {
  readonly busy: Ref<boolean>;
  readonly wrong: Ref<Readonly<Record<string, string>>>; // sentences by name of the field
  readonly error: ShallowRef<unknown>; // what belongs to no field
  readonly changed: Ref<boolean>; // somebody else saved meanwhile; `error` holds it, too
  readonly form: (component: unknown) => void; // the `:ref` of the form: its first wrong field gets the focus
  /** Says of each of these fields that it has to be filled in; whether there was any. */
  readonly missing: (names: readonly string[]) => boolean;
  readonly clear: () => void;
  readonly lead: () => Promise<void>; // the focus to the first wrong field, once `wrong` was set by hand
  /** Whether the step went through. A refusal is shown, never thrown. */
  readonly attempt: (step: () => Promise<unknown>) => Promise<boolean>;
}

/**
 * `fields`: the names that the form has; a refusal that names another goes to `error`. `values`: what the form holds by
 * those names; what was said of a value is taken back once that is changed.
 */
export function useAttempts(fields: () => readonly string[] = () => [], values: Readonly<Record<string, unknown>> = {}): Attempts {
  const busy = ref(false);
  const wrong = ref<Readonly<Record<string, string>>>({});
  const error = shallowRef<unknown>(null);
  const changed = ref(false);
  let root: HTMLElement | null = null;

  watch(
    () => ({ ...values }),
    (now, before) => {
      const kept = Object.entries(wrong.value).filter(([name]) => now[name] === before[name]);
      if (kept.length < Object.keys(wrong.value).length) wrong.value = Object.fromEntries(kept);
    },
  );

  const form = (component: unknown): void => {
    root = (component as { $el?: HTMLElement } | null)?.$el ?? null;
  };

  function clear(): void {
    wrong.value = {};
    error.value = null;
    changed.value = false;
  }

  function missing(names: readonly string[]): boolean {
    clear();
    wrong.value = Object.fromEntries(names.map((name) => [name, t("resource.required")]));
    if (names.length > 0) void lead();
    return names.length > 0;
  }

  /** To the first wrong field; without one, to what was said, which may be out of sight. */
  async function lead(): Promise<void> {
    await nextTick();
    const field = root?.querySelector<HTMLElement>(".el-form-item.is-error :is(input, textarea, button):not(:disabled)");
    if (field) field.focus();
    else root?.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
  }

  async function attempt(step: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    clear();
    try {
      await step();
      return true;
    } catch (failure) {
      const errors = formErrors(failure, fields());
      wrong.value = errors.fields;
      error.value = errors.rest;
      changed.value = errors.changed;
      return false;
    } finally {
      busy.value = false;
      if (Object.keys(wrong.value).length > 0 || error.value !== null) void lead();
    }
  }
  return { busy, wrong, error, changed, form, missing, clear, lead, attempt };
}
