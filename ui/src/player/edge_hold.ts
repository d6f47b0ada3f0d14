/**
 * Holding the live edge: how fast to play, and when to jump, from how far the live edge is ahead of the playhead.
 * Pure: the player feeds it a figure ten times a second and does what it answers.
 *
 * The live edge is where the newest picture begins plus the time since it came (`EdgeClock`): it moves evenly, while the
 * newest picture's beginning moves in steps of a picture, and while the buffer's end is a guess, since nobody knows how
 * long a live picture will stand. A browser runs dry when the picture on the screen is the last one it has: so we keep a
 * picture's time behind the edge, and a reserve for pictures that come late.
 *
 * Running dry costs more than it seems: Chromium then collects pictures for 0.6 s (12.5 a second), and for 1.5 s the next
 * time, although all of them are there. A seek to the edge begins anew at once.
 */

export interface EdgeHoldSettings {
  readonly reserve_s: number; // how far behind the live edge we want to be, a picture's time not counted
  readonly slack_s: number; // as good as there
  readonly jump_s: number; // further behind than this (or a third of it too far ahead), seek instead of hurrying
  readonly join_jump_s: number; // the same in the first moments, when nobody has begun to look
  readonly join_ticks: number; // how many figures those moments last
  readonly per_s: number; // change of rate for each second behind
  readonly max_rate: number;
  readonly min_rate: number;
}

export const EDGE_HOLD_DEFAULTS: EdgeHoldSettings = {
  reserve_s: 0.1, slack_s: 0.03, jump_s: 1.5, join_jump_s: 0.2, join_ticks: 10, per_s: 0.8, max_rate: 2, min_rate: 0.8,
};

const LONGEST_RESERVE_S = 0.8;
const LONGEST_PICTURE_S = 0.25; // a camera of fewer pictures a second runs dry between them in any case

export interface EdgeHoldAnswer {
  readonly rate: number;
  readonly seekBack_s: number | null; // seek to (edge - this), null to stay
}

/** What is to be decided about. */
export interface EdgeView {
  readonly ahead_s: number; // from the playhead to the live edge
  readonly picture_s: number; // how long a picture stands
  readonly dry: boolean; // the element has run dry and has not begun again
}

/** Grows its reserve when the picture stalled, shrinks it again slowly: a bad network gets a longer one by itself. */
export class EdgeHold {
  private reserve_s: number;
  private calm = 0;
  private joining: number;

  constructor(private readonly settings: EdgeHoldSettings = EDGE_HOLD_DEFAULTS) {
    this.reserve_s = settings.reserve_s;
    this.joining = settings.join_ticks;
  }

  /** How far behind the edge we want to be with pictures that stand so long. */
  target_s(picture_s: number): number {
    return Math.min(picture_s, LONGEST_PICTURE_S) + this.reserve_s;
  }

  /** Pictures begin, or begin again: a stream is joined at its last keyframe, which may be seconds old. */
  joined(): void {
    this.joining = this.settings.join_ticks;
  }

  /** The element ran dry: ask for a longer reserve, at most 0.8 s. */
  stalled(): void {
    this.reserve_s = Math.min(LONGEST_RESERVE_S, this.reserve_s * 1.4);
    this.calm = 0;
  }

  /** Call it about ten times a second. */
  decide({ ahead_s, picture_s, dry }: EdgeView): EdgeHoldAnswer {
    const { jump_s, join_jump_s, slack_s, per_s, max_rate, min_rate, reserve_s } = this.settings;
    if (++this.calm > 50) {
      this.reserve_s = Math.max(reserve_s, this.reserve_s * 0.85);
      this.calm = 0;
    }
    const target_s = this.target_s(picture_s);
    const error = ahead_s - target_s;
    const far_s = this.joining > 0 ? join_jump_s : jump_s;
    if (this.joining > 0) this.joining--;
    if ((dry && error >= 0) || error > far_s || error < -jump_s / 3) {
      this.joining = 0; // one jump is enough: what is still missing then is made up for by hurrying
      return { rate: 1, seekBack_s: target_s };
    }
    if (Math.abs(error) <= slack_s) return { rate: 1, seekBack_s: null };
    return { rate: Math.min(max_rate, Math.max(min_rate, 1 + error * per_s)), seekBack_s: null };
  }
}

/** Where the live edge is: the newest picture's beginning, moving on while the next one is on its way. */
export class EdgeClock {
  private start_s = 0;
  private usual_s = 0.04;
  private came_ms = 0;

  /** The newest picture begins at `start_s`, stands about `duration_s`, and came at `now_ms` (a clock that never jumps). */
  picture(start_s: number, duration_s: number, now_ms: number): void {
    this.start_s = start_s;
    this.usual_s = duration_s;
    this.came_ms = now_ms;
  }

  /** How long a picture stands. */
  get picture_s(): number {
    return this.usual_s;
  }

  /** The edge at `now_ms`. A picture that is late does not move it further: nothing is there to be shown. */
  at(now_ms: number): number {
    return this.start_s + Math.min(this.usual_s, Math.max(0, (now_ms - this.came_ms) / 1000));
  }
}
