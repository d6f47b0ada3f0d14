/** Wall time and presentation time, mapped piecewise: what the video element calls 12.48 s was 14:03:07.221 somewhere. */

/** One stretch that maps linearly. Wall times are UTC milliseconds (fractions allowed); reverse stretches have wallEnd < wallStart. */
export interface Stretch {
  readonly wallStart_ms: number;
  readonly wallEnd_ms: number;
  readonly start_s: number;
  readonly end_s: number;
}

export class TimeMap<T extends Stretch = Stretch> {
  private stretches: T[] = []; // ordered by start_s

  get all(): readonly T[] {
    return this.stretches;
  }

  clear(): void {
    this.stretches = [];
  }

  /** Add a stretch, keeping the order; one that begins at the same presentation time is replaced. */
  add(stretch: T): void {
    const at = this.stretches.findIndex((other) => other.start_s >= stretch.start_s - 1e-6);
    if (at < 0) this.stretches.push(stretch);
    else if (Math.abs((this.stretches[at] as T).start_s - stretch.start_s) <= 1e-6) this.stretches[at] = stretch;
    else this.stretches.splice(at, 0, stretch);
  }

  /** Forget stretches that lie wholly outside [from_s, to_s): what the buffer no longer holds. */
  keep(from_s: number, to_s: number): void {
    this.stretches = this.stretches.filter((one) => one.end_s > from_s && one.start_s < to_s);
  }

  /** Forget the stretch at a presentation time. */
  drop(at_s: number): void {
    this.stretches = this.stretches.filter((one) => !(one.start_s - 1e-6 <= at_s && at_s < one.end_s));
  }

  atWall(wall_ms: number): T | undefined {
    return this.stretches.find((one) =>
      one.wallEnd_ms >= one.wallStart_ms
        ? one.wallStart_ms <= wall_ms && wall_ms < one.wallEnd_ms
        : one.wallEnd_ms < wall_ms && wall_ms <= one.wallStart_ms,
    );
  }

  atPresentation(at_s: number): T | undefined {
    return this.stretches.find((one) => one.start_s - 1e-6 <= at_s && at_s < one.end_s);
  }

  toPresentation(wall_ms: number): number | undefined {
    const one = this.atWall(wall_ms);
    if (!one) return undefined;
    const part = (wall_ms - one.wallStart_ms) / (one.wallEnd_ms - one.wallStart_ms);
    return one.start_s + part * (one.end_s - one.start_s);
  }

  /** Wall time at a presentation time; between stretches the end of the one before. */
  toWall(at_s: number): number | undefined {
    let before: T | undefined;
    for (const one of this.stretches) {
      if (one.start_s - 1e-6 > at_s) break;
      before = one;
    }
    if (!before) return undefined;
    if (at_s >= before.end_s) return before.wallEnd_ms;
    const part = Math.max(0, at_s - before.start_s) / (before.end_s - before.start_s);
    return before.wallStart_ms + part * (before.wallEnd_ms - before.wallStart_ms);
  }
}

/** Where a chunk goes on the presentation line: joined to the one before it when it follows within `snap_s`. */
export function placeChunk(
  wallStart_ms: number, epoch_ms: number, previous: Stretch | undefined, snap_s = 0.08,
): number {
  const honest_s = (wallStart_ms - epoch_ms) / 1000;
  if (previous && Math.abs(honest_s - previous.end_s) <= snap_s) return previous.end_s;
  return honest_s;
}

export function nsToMs(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}
