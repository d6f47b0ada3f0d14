/**
 * One clock for up to sixteen players. Wall time runs by the machine's steady clock times the speed; every player is told
 * where to be and steers itself there. When somebody must load, all wait (but not for ever: a slow camera cannot hold
 * fifteen others), and where nobody has footage the clock jumps to where somebody has, saying so.
 */
import type { Motion, Readiness } from "./playback";

export interface Follower {
  readonly readiness: Readiness;
  follow(wall_ms: number, rate: number, motion: Motion): void;
  frameAway(count: number): number | undefined;
}

export interface Skip {
  readonly from_ms: number;
  readonly to_ms: number;
}

export interface SyncStatus {
  readonly wall_ms: number;
  readonly rate: number;
  readonly playing: boolean;
  readonly holding: boolean; // standing still because somebody loads
}

export interface SyncOptions {
  /** Where footage of any camera goes on, seen from `wall_ms` in `direction`; null when there is none. */
  readonly nextRecorded: (wall_ms: number, direction: 1 | -1) => number | null;
  readonly onStatus: (status: SyncStatus) => void;
  readonly onSkip?: (skip: Skip) => void;
  /** There is nothing more in this direction as far as `nextRecorded` knows; the clock has stopped. */
  readonly onEnd?: (direction: 1 | -1) => void;
  /** Steady milliseconds; performance.now in the browser. */
  readonly now_ms?: () => number;
}

export const MAX_PLAYERS = 16;
export const SPEEDS = [-32, -16, -8, -4, -2, -1, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32] as const;
const HOLD_LIMIT_MS = 4_000;
const GAP_PATIENCE_MS = 700; // show the gap for a moment, so that the jump is seen
const DEFAULT_FRAME_MS = 40;

export class SyncGroup {
  private followers: Follower[] = [];
  private wall_ms: number;
  private rate = 1;
  private playing = false;
  private lastTick_ms: number;
  private holdSince_ms: number | null = null;
  private holding = false;
  private gapSince_ms: number | null = null;
  private readonly now_ms: () => number;

  constructor(start_ms: number, private readonly options: SyncOptions) {
    this.wall_ms = start_ms;
    this.now_ms = options.now_ms ?? (() => performance.now());
    this.lastTick_ms = this.now_ms();
  }

  get status(): SyncStatus {
    return { wall_ms: this.wall_ms, rate: this.rate, playing: this.playing, holding: this.holding };
  }

  /** Raises RangeError beyond sixteen. */
  add(follower: Follower): void {
    if (this.followers.length >= MAX_PLAYERS) throw new RangeError(`at most ${MAX_PLAYERS} players on one clock`);
    this.followers.push(follower);
    this.holdSince_ms = null;
  }

  remove(follower: Follower): void {
    this.followers = this.followers.filter((other) => other !== follower);
  }

  play(): void {
    this.playing = true;
    this.lastTick_ms = this.now_ms();
    this.holdSince_ms = null;
    this.tick();
  }

  /** Stand still in the middle of the picture that `leader` shows, so that a step is surely one picture. */
  pause(leader?: Follower): void {
    this.playing = false;
    this.wall_ms = (leader ?? this.followers[0])?.frameAway(0) ?? this.wall_ms;
    this.tick();
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.holdSince_ms = null;
    this.tick();
  }

  seek(wall_ms: number): void {
    this.wall_ms = wall_ms;
    this.holdSince_ms = null;
    this.gapSince_ms = null;
    this.lastTick_ms = this.now_ms();
    this.tick();
  }

  /** Stand still and go `count` pictures on (back when negative), by the pictures of `leader`; the others follow. */
  step(count: number, leader?: Follower): void {
    this.playing = false;
    const first = leader ?? this.followers[0];
    this.seek(first?.frameAway(count) ?? this.wall_ms + count * DEFAULT_FRAME_MS);
  }

  /** Call it about twenty times a second. */
  tick(): void {
    const now_ms = this.now_ms();
    const passed_ms = Math.min(500, Math.max(0, now_ms - this.lastTick_ms));
    this.lastTick_ms = now_ms;
    this.holding = this.mustHold(now_ms);
    if (this.playing && !this.holding) {
      this.wall_ms += passed_ms * this.rate;
      this.skipGap(now_ms);
    }
    const motion = !this.playing ? "standing" : this.holding ? "held" : "running";
    for (const follower of this.followers) follower.follow(this.wall_ms, this.rate, motion);
    this.options.onStatus(this.status);
  }

  private mustHold(now_ms: number): boolean {
    const loading = this.followers.some((one) => one.readiness === "buffering");
    if (!this.playing || !loading) {
      this.holdSince_ms = null;
      return false;
    }
    this.holdSince_ms ??= now_ms;
    return now_ms - this.holdSince_ms < HOLD_LIMIT_MS;
  }

  private skipGap(now_ms: number): void {
    const nobody = this.followers.length > 0 && this.followers.every((one) => one.readiness === "gap");
    if (!nobody) {
      this.gapSince_ms = null;
      return;
    }
    this.gapSince_ms ??= now_ms;
    if (now_ms - this.gapSince_ms < GAP_PATIENCE_MS) return;
    this.gapSince_ms = null;
    const to_ms = this.options.nextRecorded(this.wall_ms, this.rate < 0 ? -1 : 1);
    if (to_ms === null) {
      this.playing = false;
      this.options.onEnd?.(this.rate < 0 ? -1 : 1);
      return;
    }
    if (to_ms === this.wall_ms) return; // footage is just coming into being here
    this.options.onSkip?.({ from_ms: this.wall_ms, to_ms });
    this.wall_ms = to_ms;
  }
}
