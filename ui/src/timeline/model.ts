/** The timeline without a screen: views, zoom, ticks, and what lies under the cursor. Wall times in UTC milliseconds. */

export type SpanKind = "recorded" | "gap" | "backfilled" | "expired" | "not_planned" | "future";
export type GapReason =
  | "unreachable" | "authentication" | "network" | "engine_down" | "storage" | "disabled" | "unknown";

/** [start_ms, end_ms) of one kind; a gap has its reason and perhaps words of the engine. */
export interface TimeSpan {
  readonly kind: SpanKind;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly reason: GapReason | null;
  readonly detail: string | null;
}

export interface TimelineRow {
  readonly id: string;
  readonly label: string;
  readonly spans: readonly TimeSpan[];
}

export interface View {
  readonly from_ms: number;
  readonly to_ms: number;
}

export const NARROWEST_MS = 20_000;
export const WIDEST_MS = 32 * 86_400_000;

export function isFootage(span: TimeSpan): boolean {
  return span.kind === "recorded" || span.kind === "backfilled";
}

export function xOf(view: View, width: number, at_ms: number): number {
  return ((at_ms - view.from_ms) / (view.to_ms - view.from_ms)) * width;
}

export function timeAt(view: View, width: number, x: number): number {
  return view.from_ms + (x / width) * (view.to_ms - view.from_ms);
}

/** Zoom so that the instant under the cursor stays under it. `factor` < 1 shows less time. */
export function zoomAbout(view: View, factor: number, at_ms: number): View {
  const old = view.to_ms - view.from_ms;
  const size = Math.min(WIDEST_MS, Math.max(NARROWEST_MS, old * factor));
  const part = (at_ms - view.from_ms) / old;
  const from_ms = at_ms - part * size;
  return { from_ms, to_ms: from_ms + size };
}

export function pan(view: View, by_ms: number): View {
  return { from_ms: view.from_ms + by_ms, to_ms: view.to_ms + by_ms };
}

/** Move the view by just enough that `at_ms` is inside it, with a tenth of its width to spare. */
export function reveal(view: View, at_ms: number): View {
  const margin = (view.to_ms - view.from_ms) / 10;
  if (at_ms < view.from_ms + margin / 10) return pan(view, at_ms - margin - view.from_ms);
  if (at_ms > view.to_ms - margin / 10) return pan(view, at_ms + margin - view.to_ms);
  return view;
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

export interface Tick {
  readonly at_ms: number;
  readonly label: string;
  readonly major: boolean; // a midnight: shown with its date
}

/** Ticks at round local times, at most one per `room_px`. */
export function ticks(view: View, width: number, room_px = 90): Tick[] {
  const span_ms = view.to_ms - view.from_ms;
  const step_ms = (STEPS_S.find((step) => (step * 1000 * width) / span_ms >= room_px) ?? 604_800) * 1000;
  const midnight = new Date(view.from_ms);
  midnight.setHours(0, 0, 0, 0);
  const found: Tick[] = [];
  let at_ms = midnight.getTime();
  if (step_ms < 86_400_000) at_ms += Math.floor((view.from_ms - at_ms) / step_ms) * step_ms;
  for (; at_ms <= view.to_ms && found.length < 400; at_ms += step_ms) {
    if (at_ms < view.from_ms) continue;
    const local = new Date(at_ms);
    const major = local.getHours() === 0 && local.getMinutes() === 0 && local.getSeconds() === 0;
    found.push({ at_ms, major, label: major ? dayLabel(local) : clockLabel(local, step_ms < 60_000) });
  }
  return found;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function dayLabel(at: Date): string {
  return `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function clockLabel(at: Date, seconds: boolean): string {
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return seconds ? `${clock}:${two(at.getSeconds())}` : clock;
}

/** Local time to the second, as shown beside the playhead. */
export function fullTime(at_ms: number): string {
  const at = new Date(at_ms);
  return `${at.getFullYear()}-${dayLabel(at)} ${clockLabel(at, true)}`;
}

export function spanAt(row: TimelineRow, at_ms: number): TimeSpan | undefined {
  return row.spans.find((span) => span.start_ms <= at_ms && at_ms < span.end_ms);
}

/** Where footage of any row goes on from `at_ms`, in `direction`; null when it does not. Inside footage that is `at_ms`. */
export function nextFootage(rows: readonly TimelineRow[], at_ms: number, direction: 1 | -1): number | null {
  let best: number | null = null;
  for (const row of rows) {
    for (const span of row.spans) {
      if (!isFootage(span)) continue;
      if (span.start_ms <= at_ms && at_ms < span.end_ms) return at_ms;
      const edge = direction === 1 ? span.start_ms : span.end_ms - 1;
      const ahead = direction === 1 ? edge > at_ms : edge < at_ms;
      if (ahead && (best === null || (direction === 1 ? edge < best : edge > best))) best = edge;
    }
  }
  return best;
}

/** Which row is under `y`; undefined over the ruler. */
export function rowAt(y: number, rulerHeight: number, rowHeight: number, count: number): number | undefined {
  const index = Math.floor((y - rulerHeight) / rowHeight);
  return index >= 0 && index < count ? index : undefined;
}
