/** Stand-ins of browser parts for unit tests: small, and strict where the real ones are. */
import { concatBytes } from "./bytes";
import type { SourceBufferLike } from "./source_queue";

export class FakeRanges implements TimeRanges {
  constructor(private readonly pairs: readonly (readonly [number, number])[]) {}

  get length(): number {
    return this.pairs.length;
  }

  start(index: number): number {
    return (this.pairs[index] as [number, number])[0];
  }

  end(index: number): number {
    return (this.pairs[index] as [number, number])[1];
  }
}

/** Refuses to be touched while updating, as the real one does (InvalidStateError). */
export class FakeSourceBuffer implements SourceBufferLike {
  updating = false;
  buffered: TimeRanges = new FakeRanges([]);
  readonly log: string[] = [];
  readonly appended: Uint8Array[] = [];
  private offset = 0;
  private listeners: Record<string, (() => void)[]> = {};

  get timestampOffset(): number {
    return this.offset;
  }

  set timestampOffset(value: number) {
    this.refuseWhileUpdating();
    this.offset = value;
    this.log.push(`offset ${value}`);
  }

  appendBuffer(data: BufferSource): void {
    this.refuseWhileUpdating();
    this.updating = true;
    const bytes = new Uint8Array(data as ArrayBuffer);
    this.appended.push(bytes);
    this.log.push(`append ${bytes.byteLength}`);
  }

  remove(start: number, end: number): void {
    this.refuseWhileUpdating();
    this.updating = true;
    this.log.push(`remove ${start} ${end}`);
  }

  changeType(type: string): void {
    this.refuseWhileUpdating();
    this.log.push(`type ${type}`);
  }

  addEventListener(type: "updateend" | "error", listener: () => void): void {
    (this.listeners[type] ??= []).push(listener);
  }

  finish(): void {
    this.updating = false;
    for (const listener of this.listeners["updateend"] ?? []) listener();
  }

  private refuseWhileUpdating(): void {
    if (this.updating) throw new DOMException("still updating", "InvalidStateError");
  }
}

export function box(type: string, ...payload: Uint8Array[]): Uint8Array {
  const body = concatBytes(payload);
  const whole = new Uint8Array(8 + body.byteLength);
  new DataView(whole.buffer).setUint32(0, whole.byteLength);
  for (let index = 0; index < 4; index++) whole[4 + index] = type.charCodeAt(index);
  whole.set(body, 8);
  return whole;
}

export function u32(...values: number[]): Uint8Array {
  const whole = new Uint8Array(values.length * 4);
  const view = new DataView(whole.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value >>> 0));
  return whole;
}

/** moof+mdat as our recorder writes them: tfdt version 1, one trun with duration, size, flags and composition offset. */
export function fragment(baseTime: number, samples: readonly (readonly [duration: number, offset: number])[]): Uint8Array {
  const tfhd = box("tfhd", u32(0x020000, 1));
  const tfdt = box("tfdt", u32(0x01000000, Math.floor(baseTime / 2 ** 32), baseTime % 2 ** 32));
  const rows = samples.flatMap(([duration, offset]) => [duration, 100, 0, offset]);
  const trun = box("trun", u32(0x01000f01, samples.length, 0, ...rows));
  return concatBytes([box("moof", box("mfhd", u32(0, 1)), box("traf", tfhd, tfdt, trun)), box("mdat", new Uint8Array(16))]);
}

export function initSegment(timescale: number): Uint8Array {
  const mdhd = box("mdhd", u32(0, 0, 0, timescale, 0, 0));
  return concatBytes([box("ftyp", u32(0x69736f6d, 0)), box("moov", box("trak", box("mdia", mdhd)))]);
}
