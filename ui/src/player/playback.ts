/**
 * Recorded pictures on a wall-clock line: a follower that is told the wall time, the speed and whether to run, and keeps
 * its video element there. The clock itself lives in sync.ts, so that one camera and sixteen are the same thing.
 *
 * From 1/8 to 4 times the recorded chunks are fed as they are; above 4 and in reverse the server retimes keyframes
 * (browsers refuse rates above 16 and below 0), and both look the same here: stretches of wall time on a presentation line.
 */
import { readFragments, readTimescale } from "./fmp4";
import { bufferedEndAt, SourceQueue } from "./source_queue";
import { placeChunk, TimeMap, type Stretch } from "./wall_clock";

/** One playable piece as the edge plans it, from a keyframe to before the next one. Wall times in UTC milliseconds. */
export interface Chunk {
  readonly init: string | null; // null: the bytes carry their own init part
  readonly url: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly run: string;
  readonly codecs: string;
}

export interface Plan {
  readonly chunks: readonly Chunk[];
  readonly planned_to_ms: number; // everything before this is in `chunks`; after it, ask again
}

/** What the player asks of the edge. All may throw; an aborted call throws AbortError. */
export interface PlaybackSource {
  plan(from_ms: number, to_ms: number, signal: AbortSignal): Promise<Plan>;
  init(name: string, signal: AbortSignal): Promise<Uint8Array>;
  data(chunk: Chunk, signal: AbortSignal): Promise<Uint8Array>;
  /** Retimed keyframes of [from, to) at `speed`; the first begins at presentation 0. */
  trick(from_ms: number, to_ms: number, speed: number, signal: AbortSignal): Promise<TrickClip | null>;
}

export interface TrickClip {
  readonly data: Uint8Array;
  readonly codecs: string;
}

/** Standing: a person paused. Held: running, but the clock waits because some player must load. */
export type Motion = "standing" | "held" | "running";

export type Readiness = "ready" | "buffering" | "gap" | "failed";

/** A stretch of recorded chunks knows when each of its pictures is shown. */
export interface ChunkStretch extends Stretch {
  readonly frames_s: readonly number[]; // presentation times, ascending
}

export interface FollowerStatus {
  readonly readiness: Readiness;
  readonly error: unknown;
}

const PLAN_WINDOW_MS = 60_000;
const AHEAD_S = 10;
const BEHIND_S = 20;
const TRICK_WINDOW_S = 12; // of presentation
const EPOCH_BACK_MS = 12 * 3600_000; // presentation time 0 lies this far before where we began

export const FASTEST_CHUNKED = 4;

export function usesTrick(rate: number): boolean {
  return rate < 0 || rate > FASTEST_CHUNKED;
}

/** What the follower needs of a video element; HTMLVideoElement fits. */
export interface VideoLike {
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  readonly seeking: boolean;
  readonly readyState: number;
  src: string;
  play(): Promise<void>;
  pause(): void;
  removeAttribute(name: string): void;
  load(): void;
}

export class PlaybackFollower {
  private map = new TimeMap<ChunkStretch>();
  private chunks: Chunk[] = [];
  private plannedFrom_ms = 0;
  private plannedTo_ms = 0;
  private planAgain_ms = 0;
  private epoch_ms = 0;
  private source: MediaSource | null = null;
  private buffer: SourceBuffer | null = null;
  private queue: SourceQueue | null = null;
  private objectUrl: string | null = null;
  private opening: Promise<void> | null = null;
  private mime = "";
  private lastInit = "";
  private initCache = new Map<string, Uint8Array>();
  private abort = new AbortController();
  private loading = false;
  private trickRate = 0; // 0: chunks
  private trickEnd_ms = 0;
  private trickDry = false; // the server had no pictures for the stretch asked last
  private status: FollowerStatus = { readiness: "buffering", error: null };
  private failedUntil_ms = 0;
  private wall_ms = 0;
  private stopped = false;

  constructor(
    private readonly video: VideoLike,
    private readonly media: PlaybackSource,
    private readonly now_ms: () => number = () => performance.now(),
  ) {}

  get readiness(): Readiness {
    return this.status.readiness;
  }

  get error(): unknown {
    return this.status.error;
  }

  /** Wall time of the picture shown, undefined while none is. */
  wallNow(): number | undefined {
    return this.readiness === "ready" ? this.map.toWall(this.video.currentTime) : undefined;
  }

  stop(): void {
    this.stopped = true;
    this.reset();
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** Be at `wall_ms`, going at `rate` (its sign is the direction) as `motion` says. Called about twenty times a second. */
  follow(wall_ms: number, rate: number, motion: Motion): void {
    if (this.stopped) return;
    const playing = motion === "running";
    const before_ms = this.wall_ms;
    this.wall_ms = wall_ms;
    const trick = motion !== "standing" && usesTrick(rate) ? rate : 0;
    if (trick !== this.trickRate) this.enter(trick);
    else if (trick === 0 && !this.reachable(wall_ms)) this.enter(0);
    else if (Math.abs(wall_ms - before_ms) > 2_000 && this.map.atWall(wall_ms) === undefined) this.interrupt();
    void this.load(motion === "standing" ? 1 : rate);
    const at_s = this.map.toPresentation(wall_ms);
    if (at_s === undefined) {
      this.pause();
      this.say(this.known(wall_ms) ? "gap" : "buffering");
      return;
    }
    const here = this.buffer ? bufferedEndAt(this.buffer.buffered, at_s) : undefined;
    if (here === undefined) {
      this.pause();
      // Retimed pictures leave real gaps empty; a chunk that is not there any more was evicted and must come again.
      if (trick === 0 && this.queue?.idle === true) this.map.drop(at_s);
      this.say(trick === 0 ? "buffering" : "gap");
      return;
    }
    this.steer(at_s, trick === 0 ? rate : 1, playing);
  }

  /** Wall time of the picture `count` frames away, in the middle of its showing; undefined when it is not loaded. */
  frameAway(count: number): number | undefined {
    const at_s = this.map.toPresentation(this.wall_ms);
    if (at_s === undefined) return undefined;
    const frames = this.map.all.flatMap((stretch) => stretch.frames_s.map((time_s) => ({ time_s, stretch })));
    let index = -1;
    for (let step = 0; step < frames.length; step++) {
      if ((frames[step] as { time_s: number }).time_s <= at_s + 1e-4) index = step;
    }
    const target = frames[index + count];
    if (index < 0 || !target) return undefined;
    const next_s = frames[index + count + 1]?.time_s ?? target.stretch.end_s;
    const middle_s = Math.min(target.time_s + Math.max(0.001, (next_s - target.time_s) / 2), target.stretch.end_s - 0.0005);
    return this.map.toWall(middle_s);
  }

  /** Whether the plan for this wall time is known: then a missing chunk is a gap, not a delay. */
  private known(wall_ms: number): boolean {
    if (this.trickRate !== 0) return this.trickDry;
    const planned = this.plannedFrom_ms <= wall_ms && wall_ms < this.plannedTo_ms;
    return planned && !this.chunks.some((chunk) => chunk.start_ms <= wall_ms && wall_ms < chunk.end_ms);
  }

  private steer(at_s: number, rate: number, playing: boolean): void {
    const error_s = this.video.currentTime - at_s;
    if (!playing) {
      this.pause();
      if (Math.abs(error_s) > 0.005 && !this.video.seeking) this.video.currentTime = at_s;
      this.say(this.video.readyState >= 2 && !this.video.seeking ? "ready" : "buffering");
      return;
    }
    if (Math.abs(error_s) > Math.max(0.35, 0.25 * rate)) {
      if (!this.video.seeking) this.video.currentTime = at_s;
    } else {
      const correction = Math.abs(error_s) < 0.02 * rate ? 0 : Math.max(-0.25, Math.min(0.25, -error_s / Math.max(rate, 0.5)));
      const wanted = rate * (1 + correction);
      if (Math.abs(this.video.playbackRate - wanted) > 0.005) this.video.playbackRate = wanted;
    }
    if (this.video.paused) void this.video.play().catch(() => undefined);
    this.say(this.video.readyState >= 2 ? "ready" : "buffering");
  }

  private pause(): void {
    if (!this.video.paused) this.video.pause();
  }

  private say(readiness: Readiness): void {
    if (this.status.readiness === "failed" && readiness === "buffering" && this.now_ms() < this.failedUntil_ms) return;
    this.status = { readiness, error: null };
  }

  /** Change between chunks and retimed keyframes, or to another day: nothing that is buffered fits any more. */
  private enter(trickRate: number): void {
    this.reset();
    this.trickRate = trickRate;
    this.epoch_ms = this.wall_ms - EPOCH_BACK_MS;
    this.trickEnd_ms = this.wall_ms;
    this.trickDry = false;
  }

  private reachable(wall_ms: number): boolean {
    return wall_ms > this.epoch_ms && wall_ms < this.epoch_ms + 2 * EPOCH_BACK_MS;
  }

  /** Give up what is being fetched for a place that nobody looks at any more. */
  private interrupt(): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.loading = false;
    this.planAgain_ms = 0;
  }

  private reset(): void {
    this.interrupt();
    this.queue?.stop();
    this.queue = null;
    this.buffer = null;
    this.source = null;
    this.opening = null;
    this.lastInit = "";
    this.map.clear();
    this.chunks = [];
    this.plannedFrom_ms = this.plannedTo_ms = 0;
    if (this.objectUrl) URL.revokeObjectURL(this.objectUrl);
    this.objectUrl = null;
    this.status = { readiness: "buffering", error: null };
  }

  /** Bring in whatever is needed next; one at a time. */
  private async load(rate: number): Promise<void> {
    if (this.loading || this.now_ms() < this.failedUntil_ms) return;
    this.loading = true;
    const signal = this.abort.signal;
    try {
      if (this.trickRate !== 0) await this.loadTrick(signal);
      else await this.loadChunks(rate, signal);
    } catch (error) {
      if (!signal.aborted) {
        this.failedUntil_ms = this.now_ms() + 2_000;
        this.status = { readiness: "failed", error };
      }
    } finally {
      if (!signal.aborted) this.loading = false;
    }
  }

  private async loadChunks(rate: number, signal: AbortSignal): Promise<void> {
    const ahead_ms = AHEAD_S * 1000 * Math.max(1, rate);
    const short = this.wall_ms + ahead_ms > this.plannedTo_ms && this.now_ms() >= this.planAgain_ms;
    if (this.wall_ms < this.plannedFrom_ms || this.wall_ms >= this.plannedTo_ms + 5_000 || short) {
      await this.extendPlan(ahead_ms, signal);
      if (signal.aborted) return;
    }
    const next = this.chunks.find(
      (chunk) =>
        chunk.end_ms > this.wall_ms && chunk.start_ms < this.wall_ms + ahead_ms && !this.isLoaded(chunk),
    );
    if (!next) return;
    await this.loadChunk(next, signal);
    if (!signal.aborted) this.trim();
  }

  private isLoaded(chunk: Chunk): boolean {
    // A chunk that was still growing when we fetched it comes again with a later end.
    return this.map.all.some(
      (stretch) => Math.abs(stretch.wallStart_ms - chunk.start_ms) < 0.5 && stretch.wallEnd_ms >= chunk.end_ms - 1,
    );
  }

  private async extendPlan(ahead_ms: number, signal: AbortSignal): Promise<void> {
    const inside = this.plannedFrom_ms <= this.wall_ms && this.wall_ms <= this.plannedTo_ms;
    const from_ms = inside ? this.plannedTo_ms : this.wall_ms - 1_000;
    const plan = await this.media.plan(from_ms, this.wall_ms + Math.max(PLAN_WINDOW_MS, 2 * ahead_ms), signal);
    if (signal.aborted) return;
    if (!inside) {
      this.chunks = [];
      this.plannedFrom_ms = from_ms;
    }
    const again = new Set(plan.chunks.map((chunk) => chunk.start_ms));
    const kept = this.chunks.filter((one) => !again.has(one.start_ms) && one.end_ms > this.wall_ms - 10 * 60_000);
    this.chunks = [...kept, ...plan.chunks].sort((a, b) => a.start_ms - b.start_ms);
    this.plannedTo_ms = Math.max(plan.planned_to_ms, from_ms);
    this.planAgain_ms = this.now_ms() + 1_000; // near the present there is nothing more yet
  }

  private async loadChunk(chunk: Chunk, signal: AbortSignal): Promise<void> {
    const [own, data] = await Promise.all([this.initOf(chunk, signal), this.media.data(chunk, signal)]);
    const init = own ?? data;
    await this.open(`video/mp4; codecs="${chunk.codecs}"`);
    if (signal.aborted || !this.queue) return;
    const timescale = readTimescale(init);
    const pictures = readFragments(data).flatMap((fragment) => fragment.samples);
    if (pictures.length === 0) throw new Error("a chunk without pictures");
    const first = Math.min(...pictures.map((picture) => picture.pts));
    const last = Math.max(...pictures.map((picture) => picture.pts + picture.duration));
    const before = this.map.all.findLast((one) => one.wallStart_ms < chunk.start_ms);
    const start_s = placeChunk(chunk.start_ms, this.epoch_ms, before);
    const shift_s = start_s - first / timescale;
    this.feed(own, chunk.init ?? "", `video/mp4; codecs="${chunk.codecs}"`);
    this.queue.offset(shift_s);
    await this.appended(data);
    if (signal.aborted) return;
    this.map.add({
      wallStart_ms: chunk.start_ms,
      wallEnd_ms: chunk.end_ms,
      start_s,
      end_s: last / timescale + shift_s,
      frames_s: pictures.map((picture) => picture.pts / timescale + shift_s).sort((a, b) => a - b),
    });
  }

  private async initOf(chunk: Chunk, signal: AbortSignal): Promise<Uint8Array | null> {
    if (chunk.init === null) return null;
    const cached = this.initCache.get(chunk.init);
    if (cached) return cached;
    const init = await this.media.init(chunk.init, signal);
    if (this.initCache.size > 32) this.initCache.clear();
    this.initCache.set(chunk.init, init);
    return init;
  }

  private async loadTrick(signal: AbortSignal): Promise<void> {
    const rate = this.trickRate;
    const span_ms = TRICK_WINDOW_S * 1000 * Math.abs(rate);
    const direction = Math.sign(rate);
    const lead_ms = (this.trickEnd_ms - this.wall_ms) * direction;
    if (lead_ms > span_ms / 2) return;
    const begin_ms = lead_ms < 0 ? this.wall_ms : this.trickEnd_ms;
    const end_ms = begin_ms + direction * span_ms;
    const clip = await this.media.trick(Math.min(begin_ms, end_ms), Math.max(begin_ms, end_ms), rate, signal);
    if (signal.aborted) return;
    this.trickEnd_ms = end_ms;
    this.trickDry = clip === null;
    if (!clip) return;
    await this.open(`video/mp4; codecs="${clip.codecs}"`);
    if (signal.aborted || !this.queue) return;
    const start_s = this.map.all.at(-1)?.end_s ?? 0;
    this.queue.offset(start_s);
    await this.appended(clip.data);
    if (signal.aborted) return;
    this.map.add({
      wallStart_ms: begin_ms, wallEnd_ms: end_ms, start_s, end_s: start_s + TRICK_WINDOW_S, frames_s: [],
    });
    this.trim();
  }

  private feed(init: Uint8Array | null, name: string, mime: string): void {
    if (mime !== this.mime) this.queue?.changeType(mime);
    this.mime = mime;
    if (init && name !== this.lastInit) this.queue?.append(init);
    this.lastInit = name;
  }

  private appended(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.queue) this.queue.append(data, { done: resolve });
      else resolve();
    });
  }

  private trim(): void {
    // Around where we ought to be: the element itself may not have been moved there yet.
    const at_s = this.map.toPresentation(this.wall_ms);
    if (!this.queue || at_s === undefined) return;
    this.queue.remove(0, at_s - BEHIND_S);
    this.queue.remove(at_s + 60, Number.POSITIVE_INFINITY);
    this.map.keep(at_s - BEHIND_S, at_s + 60);
  }

  private open(mime: string): Promise<void> {
    this.opening ??= new Promise((resolve, reject) => {
      const source = new MediaSource();
      this.source = source;
      this.objectUrl = URL.createObjectURL(source);
      source.addEventListener("sourceopen", () => {
        if (this.source !== source) {
          resolve();
          return;
        }
        try {
          source.duration = Number.POSITIVE_INFINITY;
          this.buffer = source.addSourceBuffer(mime);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        this.mime = mime;
        this.queue = new SourceQueue(this.buffer, () => undefined, (error) => this.onBufferFailure(error));
        resolve();
      }, { once: true });
      this.video.src = this.objectUrl;
    });
    return this.opening;
  }

  private onBufferFailure(error: unknown): void {
    const rate = this.trickRate;
    this.enter(rate);
    this.failedUntil_ms = this.now_ms() + 1_000;
    this.status = { readiness: "failed", error };
  }
}
