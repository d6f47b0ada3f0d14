/** When a screen that nobody touches locks, as values; milliseconds. Pure: the clock is the caller's. */

export const LOCK_AFTER_MS = 300_000; // qd204 19(4): five minutes, what holds until the server has said less

export interface Times {
  readonly lockAfter_ms: number;
  readonly warn_ms: number; // so long before, the screen says that it will lock
  readonly tell_ms: number; // a touch is told to the server at most this often
}

export function timesFor(lockAfter_ms: number): Times {
  return { lockAfter_ms, warn_ms: Math.min(30_000, lockAfter_ms / 3), tell_ms: Math.min(60_000, lockAfter_ms / 5) };
}

/** Whether anybody is there, by the last touch in any tab of this browser. */
export class Attendance {
  private told_ms: number;

  constructor(readonly times: Times, private touched_ms: number) {
    this.told_ms = touched_ms;
  }

  /** A touch here or in another tab. Nothing brings a time back that is over: false then. */
  touch(at_ms: number): boolean {
    if (this.over(at_ms)) return false;
    this.touched_ms = Math.max(this.touched_ms, at_ms);
    return true;
  }

  over(now_ms: number): boolean {
    return now_ms - this.touched_ms >= this.times.lockAfter_ms;
  }

  /** Seconds until it locks, while that is worth saying; null before. */
  warning(now_ms: number): number | null {
    const left_ms = this.touched_ms + this.times.lockAfter_ms - now_ms;
    return left_ms <= this.times.warn_ms ? Math.max(0, Math.ceil(left_ms / 1000)) : null;
  }

  /** How long ago the touch was that the server has to be told of now; null: nothing to tell. */
  toTell(now_ms: number): number | null {
    if (this.touched_ms <= this.told_ms || now_ms - this.told_ms < this.times.tell_ms) return null;
    this.told_ms = this.touched_ms;
    return now_ms - this.touched_ms;
  }
}
