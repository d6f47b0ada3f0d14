/**
 * Appending to one SourceBuffer, one thing after another. Works against the small part of the DOM interface it needs,
 * so that tests drive it without a browser.
 */
import { concatBytes } from "./bytes";

export interface SourceBufferLike {
  readonly updating: boolean;
  readonly buffered: TimeRanges;
  timestampOffset: number;
  appendBuffer(data: BufferSource): void;
  remove(start: number, end: number): void;
  changeType(type: string): void;
  addEventListener(type: "updateend" | "error", listener: () => void): void;
}

type Step =
  | { readonly kind: "append"; readonly data: Uint8Array; readonly joinable: boolean; readonly done?: (() => void) | undefined }
  | { readonly kind: "offset"; readonly offset_s: number }
  | { readonly kind: "type"; readonly mime: string }
  | { readonly kind: "remove"; readonly start_s: number; readonly end_s: number; readonly done?: (() => void) | undefined };

const JOIN_LIMIT_BYTES = 512 * 1024;

export class SourceQueue {
  private steps: Step[] = [];
  private running: (() => void)[] = [];
  private stopped = false;

  /** `onUpdate` is called after each finished step; `onFailure` when the buffer refuses (quota, broken data). */
  constructor(
    private readonly buffer: SourceBufferLike,
    private readonly onUpdate: () => void,
    private readonly onFailure: (error: unknown) => void,
  ) {
    buffer.addEventListener("updateend", () => this.finished());
    buffer.addEventListener("error", () => this.onFailure(new Error("source buffer error")));
  }

  get idle(): boolean {
    return this.steps.length === 0 && !this.buffer.updating;
  }

  get length(): number {
    return this.steps.length;
  }

  append(data: Uint8Array, options: { joinable?: boolean; done?: () => void } = {}): void {
    this.push({ kind: "append", data, joinable: options.joinable ?? false, done: options.done });
  }

  offset(offset_s: number): void {
    this.push({ kind: "offset", offset_s });
  }

  changeType(mime: string): void {
    this.push({ kind: "type", mime });
  }

  remove(start_s: number, end_s: number, done?: () => void): void {
    if (end_s > start_s) this.push({ kind: "remove", start_s, end_s, done });
    else done?.();
  }

  /** Forget what has not begun. What the buffer is doing now still ends by itself. */
  clear(): void {
    this.steps = [];
  }

  stop(): void {
    this.stopped = true;
    this.steps = [];
    this.running = [];
  }

  private push(step: Step): void {
    if (this.stopped) return;
    this.steps.push(step);
    this.pump();
  }

  private finished(): void {
    if (this.stopped) return;
    const done = this.running;
    this.running = [];
    for (const call of done) call();
    this.onUpdate();
    this.pump();
  }

  private pump(): void {
    while (!this.stopped && !this.buffer.updating) {
      const step = this.steps.shift();
      if (!step) return;
      try {
        this.begin(step);
      } catch (error) {
        this.onFailure(error);
        return;
      }
    }
  }

  private begin(step: Step): void {
    switch (step.kind) {
      case "offset":
        this.buffer.timestampOffset = step.offset_s;
        return;
      case "type":
        this.buffer.changeType(step.mime);
        return;
      case "remove":
        if (step.done) this.running.push(step.done);
        this.buffer.remove(step.start_s, step.end_s);
        return;
      case "append": {
        const parts = [step.data];
        if (step.done) this.running.push(step.done);
        if (step.joinable) this.takeJoinable(parts);
        this.buffer.appendBuffer(parts.length === 1 ? (step.data as Uint8Array<ArrayBuffer>) : concatBytes(parts));
      }
    }
  }

  /** Live delivers a message per picture; what waited in the meantime goes in with one call. */
  private takeJoinable(parts: Uint8Array[]): void {
    let size = parts[0]?.byteLength ?? 0;
    for (;;) {
      const next = this.steps[0];
      if (next?.kind !== "append" || !next.joinable || size + next.data.byteLength > JOIN_LIMIT_BYTES) return;
      this.steps.shift();
      parts.push(next.data);
      if (next.done) this.running.push(next.done);
      size += next.data.byteLength;
    }
  }
}

/** The end of the buffered range that holds `at_s` (with a little slack), or undefined when nothing is there. */
export function bufferedEndAt(ranges: TimeRanges, at_s: number, slack_s = 0.05): number | undefined {
  for (let index = 0; index < ranges.length; index++) {
    if (ranges.start(index) - slack_s <= at_s && at_s < ranges.end(index)) return ranges.end(index);
  }
  return undefined;
}

/** Where the next buffered range after `at_s` begins, or undefined. */
export function nextBufferedStart(ranges: TimeRanges, at_s: number): number | undefined {
  for (let index = 0; index < ranges.length; index++) if (ranges.start(index) > at_s) return ranges.start(index);
  return undefined;
}
