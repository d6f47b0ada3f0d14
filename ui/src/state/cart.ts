/** The evidence cart of whoever is signed in; kept by the browser, for each person apart. */
import { computed, ref, shallowRef, watch } from "vue";

import { toastDone } from "../components/problem_words";
import { added, markedFrom, markedTo, NO_MARKS, restored, spanAt, type CartItem, type Marks } from "../evidence/cart";
import { t } from "../i18n";
import { fullTime } from "../timeline/model";
import { may, me } from "./session";

export const cart = shallowRef<readonly CartItem[]>([]);
export const marks = ref<Marks>(NO_MARKS);
export const mayAsk = computed(() => may("retrievals.ask"));

const keyOf = (user: string): string => `mingjian.cart.${user}`;

watch(
  () => me.value?.id ?? "",
  (user) => {
    cart.value = user === "" ? [] : restored(localStorage.getItem(keyOf(user)));
    marks.value = NO_MARKS;
  },
  { immediate: true },
);

export function setCart(items: readonly CartItem[]): void {
  cart.value = items;
  if (me.value) localStorage.setItem(keyOf(me.value.id), JSON.stringify(items));
}

/** `[`, `]` and `E` at an instant; false when the key is none of these. */
export function cartKey(key: string, at_ms: number, cameras: readonly { readonly id: string; readonly name: string }[]): boolean {
  if (!mayAsk.value) return false;
  if (key === "[") marks.value = markedFrom(marks.value, at_ms);
  else if (key === "]") marks.value = markedTo(marks.value, at_ms);
  else if (key === "e") addSpan(at_ms, cameras);
  else return false;
  if (key !== "e") toastDone(t(key === "[" ? "cart.marked_from" : "cart.marked_to", { time: fullTime(at_ms) }));
  return true;
}

export function addSpan(at_ms: number, cameras: readonly { readonly id: string; readonly name: string }[]): void {
  const span = spanAt(marks.value, at_ms);
  for (const camera of cameras) setCart(added(cart.value, { camera: camera.id, name: camera.name, ...span }));
  if (cameras.length > 0) toastDone(t("cart.added", { n: cameras.length, from: fullTime(span.from_ms), to: fullTime(span.to_ms).slice(11) }));
}
