/** The evidence cart without a screen: spans of cameras, gathered from live and playback, for one request. Wall times in UTC milliseconds. */

export interface CartItem {
  readonly camera: string;
  readonly name: string;
  readonly from_ms: number;
  readonly to_ms: number;
}

/** `[` and `]`: either may still be missing. */
export interface Marks {
  readonly from_ms: number | null;
  readonly to_ms: number | null;
}

export const NO_MARKS: Marks = { from_ms: null, to_ms: null };
/** What `E` adds when nothing is marked: so much before the picture on screen. */
export const UNMARKED_MS = 5 * 60_000;
/** A mark on the wrong side of the other takes the other away: one begins anew rather than getting a span backwards. */
export function markedFrom(marks: Marks, at_ms: number): Marks {
  return { from_ms: at_ms, to_ms: marks.to_ms !== null && marks.to_ms > at_ms ? marks.to_ms : null };
}

export function markedTo(marks: Marks, at_ms: number): Marks {
  return { from_ms: marks.from_ms !== null && marks.from_ms < at_ms ? marks.from_ms : null, to_ms: at_ms };
}

/** The span that `E` takes at `at_ms`: the marks, an open one reaching to (or from) the picture on screen. */
export function spanAt(marks: Marks, at_ms: number): { readonly from_ms: number; readonly to_ms: number } {
  const to_ms = marks.to_ms ?? (marks.from_ms !== null && marks.from_ms >= at_ms ? marks.from_ms + UNMARKED_MS : at_ms);
  const from_ms = marks.from_ms ?? to_ms - UNMARKED_MS;
  return { from_ms, to_ms };
}

/** With one more span: what touches it of the same camera becomes one with it. */
export function added(items: readonly CartItem[], item: CartItem): readonly CartItem[] {
  const touching = (one: CartItem): boolean => one.camera === item.camera && one.from_ms <= item.to_ms && one.to_ms >= item.from_ms;
  const joined = items.filter(touching);
  const from_ms = Math.min(item.from_ms, ...joined.map((one) => one.from_ms));
  const to_ms = Math.max(item.to_ms, ...joined.map((one) => one.to_ms));
  return [...items.filter((one) => !touching(one)), { ...item, from_ms, to_ms }];
}

/** In whole seconds, outwards: nothing that was marked is cut off. */
export function spansOf(items: readonly CartItem[]): { camera: string; from_s: number; to_s: number }[] {
  return items.map((one) => ({ camera: one.camera, from_s: Math.floor(one.from_ms / 1000), to_s: Math.ceil(one.to_ms / 1000) }));
}

/** Camera-minutes: what an approver weighs. */
export function minutesOf(spans: readonly { readonly from_s: number; readonly to_s: number }[]): number {
  return Math.round(spans.reduce((sum, one) => sum + Math.max(0, one.to_s - one.from_s), 0) / 60);
}

/** What was stored, where it can be read; anything else is an empty cart. */
export function restored(text: string | null): readonly CartItem[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter(isItem) : [];
  } catch {
    return [];
  }
}

function isItem(value: unknown): value is CartItem {
  const one = value as Partial<CartItem> | null;
  return typeof one === "object" && one !== null && typeof one.camera === "string" && typeof one.name === "string"
    && Number.isFinite(one.from_ms) && Number.isFinite(one.to_ms) && one.from_ms! < one.to_ms!;
}
