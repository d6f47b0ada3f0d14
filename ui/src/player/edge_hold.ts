/**
 * Holding the live edge: how fast to play, and when to jump, from how far the newest picture is ahead of the playhead.
 * Pure: the player feeds it a figure a few times a second and does what it answers.
 *
 * The figure is taken to where the newest picture begins, not to where the buffer ends: a live fragment can only guess
 * how long its picture will stand, and a playhead that runs into the guess is past the next picture before it comes.
 */

export interface EdgeHoldSettings {
  readonly target_s: number; // how far behind the newest picture we want to be
  readonly jump_s: number; // further behind than this (or half of it too far ahead), seek instead of hurrying
  readonly max_rate: number;
  readonly min_rate: number;
}

export const EDGE_HOLD_DEFAULTS: EdgeHoldSettings = { target_s: 0.12, jump_s: 1, max_rate: 1.2, min_rate: 0.8 };

const LONGEST_CUSHION_S = 0.8;

export interface EdgeHoldAnswer {
  readonly rate: number;
  readonly seekBack_s: number | null; // seek to (newest - this), null to stay
}

/** Grows its target when the picture stalled, shrinks it again slowly: a bad network gets a longer cushion by itself. */
export class EdgeHold {
  private target_s: number;
  private calm = 0;

  constructor(private readonly settings: EdgeHoldSettings = EDGE_HOLD_DEFAULTS) {
    this.target_s = settings.target_s;
  }

  get cushion_s(): number {
    return this.target_s;
  }

  /** The element ran dry: ask for a longer cushion, at most 0.8 s. */
  stalled(): void {
    this.target_s = Math.min(LONGEST_CUSHION_S, this.target_s * 1.3);
    this.calm = 0;
  }

  /** `ahead_s`: from the playhead to the beginning of the newest picture. Call it about ten times a second. */
  decide(ahead_s: number): EdgeHoldAnswer {
    const { jump_s, max_rate, min_rate, target_s } = this.settings;
    if (++this.calm > 50) {
      this.target_s = Math.max(target_s, this.target_s * 0.85);
      this.calm = 0;
    }
    if (ahead_s > this.target_s + jump_s || ahead_s < -jump_s / 2) return { rate: 1, seekBack_s: this.target_s };
    const error = ahead_s - this.target_s;
    if (error > 0.06) return { rate: Math.min(max_rate, 1 + error * 0.35), seekBack_s: null };
    if (error < -0.08) return { rate: Math.max(min_rate, 1 + error * 0.35), seekBack_s: null };
    return { rate: 1, seekBack_s: null };
  }
}
