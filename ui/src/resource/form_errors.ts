/** Refusals of a form, put beside the fields they name. */
import { Problem } from "../api/client";

export interface FormErrors {
  readonly fields: Readonly<Record<string, string>>; // by name of the form's field
  readonly rest: unknown; // what belongs to no field of the form, for the head of it
  readonly changed: boolean; // somebody else changed the object meanwhile
}

/** The first step of a JSON pointer (RFC 6901): of `/position/lat`, `position`. */
export function firstStep(pointer: string): string {
  const step = pointer.split("/")[1] ?? "";
  return step.replace(/~1/g, "/").replace(/~0/g, "~");
}

/** `names` are the form's fields; a pointer into one, however deep, belongs to it. Sentences of one field are joined. */
export function formErrors(failure: unknown, names: readonly string[]): FormErrors {
  if (!(failure instanceof Problem)) return { fields: {}, rest: failure, changed: false };
  if (failure.code === "changed_meanwhile") return { fields: {}, rest: failure, changed: true };
  const one = { field: failure.field, detail: [failure.message, failure.remedy].filter(Boolean).join(" ") };
  const fields: Record<string, string> = {};
  let homeless = false;
  for (const { field, detail } of failure.errors.length > 0 ? failure.errors : [one]) {
    const name = field === null ? "" : firstStep(field.startsWith("/") ? field : `/${field}`);
    if (names.includes(name)) fields[name] = fields[name] === undefined ? detail : `${fields[name]} ${detail}`;
    else homeless = true;
  }
  return { fields, rest: homeless ? failure : null, changed: false };
}
