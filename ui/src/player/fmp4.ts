/**
 * The little that the player must read out of fMP4 (ISO/IEC 14496-12): where a fragment's media time begins, and when
 * each picture is shown, for exact frame steps. Everything else is left to the browser's own parser.
 */

/** One picture's presentation time and duration, in units of its track's timescale, decoding order. */
export interface SampleTime {
  readonly pts: number;
  readonly duration: number;
}

/** One fragment's video track: base media decode time and its samples, in `timescale` units. */
export interface FragmentTimes {
  readonly baseTime: number;
  readonly samples: readonly SampleTime[];
}

interface Box {
  readonly type: string;
  readonly start: number; // of the payload
  readonly end: number;
}

function* boxes(view: DataView, start: number, end: number): Generator<Box> {
  let at = start;
  while (at + 8 <= end) {
    let size = view.getUint32(at);
    const type = String.fromCharCode(
      view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7),
    );
    let header = 8;
    if (size === 1) {
      if (at + 16 > end) return;
      size = Number(view.getBigUint64(at + 8));
      header = 16;
    } else if (size === 0) {
      size = end - at;
    }
    if (size < header || at + size > end) return; // cut off: what came before it is still good
    yield { type, start: at + header, end: at + size };
    at += size;
  }
}

function child(view: DataView, parent: Box, type: string): Box | undefined {
  for (const box of boxes(view, parent.start, parent.end)) if (box.type === type) return box;
  return undefined;
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

/** The times of the first track (ours writes video first) of every moof in `data`. Damaged boxes end the list. */
export function readFragments(data: Uint8Array): FragmentTimes[] {
  const view = viewOf(data);
  const found: FragmentTimes[] = [];
  for (const moof of boxes(view, 0, data.byteLength)) {
    if (moof.type !== "moof") continue;
    const traf = child(view, moof, "traf");
    if (traf) found.push(readTraf(view, traf));
  }
  return found;
}

/** The media time (timescale units) at which the first fragment in `data` begins, undefined when it holds none. */
export function firstMediaTime(data: Uint8Array): number | undefined {
  return readFragments(data)[0]?.baseTime;
}

function readTraf(view: DataView, traf: Box): FragmentTimes {
  let baseTime = 0;
  let defaultDuration = 0;
  const samples: SampleTime[] = [];
  let dts = 0;
  for (const box of boxes(view, traf.start, traf.end)) {
    if (box.type === "tfhd") defaultDuration = tfhdDuration(view, box);
    else if (box.type === "tfdt") {
      const version = view.getUint8(box.start);
      baseTime = version === 1 ? Number(view.getBigUint64(box.start + 4)) : view.getUint32(box.start + 4);
      dts = baseTime;
    } else if (box.type === "trun") dts = readTrun(view, box, defaultDuration, dts, samples);
  }
  return { baseTime, samples };
}

/** tfhd (8.8.7): default_sample_duration when flag 0x8 is set. */
function tfhdDuration(view: DataView, box: Box): number {
  const flags = view.getUint32(box.start) & 0xffffff;
  let at = box.start + 8;
  if (flags & 0x1) at += 8;
  if (flags & 0x2) at += 4;
  return flags & 0x8 ? view.getUint32(at) : 0;
}

/** trun (8.8.8): per-sample duration, size, flags, composition offset as its flags say. Returns the next decode time. */
function readTrun(view: DataView, box: Box, defaultDuration: number, firstDts: number, into: SampleTime[]): number {
  const version = view.getUint8(box.start);
  const flags = view.getUint32(box.start) & 0xffffff;
  const count = view.getUint32(box.start + 4);
  let at = box.start + 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  let dts = firstDts;
  const stride = (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0) + (flags & 0x800 ? 4 : 0);
  for (let index = 0; index < count && at + stride <= box.end; index++) {
    let duration = defaultDuration;
    let offset = 0;
    if (flags & 0x100) {
      duration = view.getUint32(at);
      at += 4;
    }
    if (flags & 0x200) at += 4;
    if (flags & 0x400) at += 4;
    if (flags & 0x800) {
      offset = version === 0 ? view.getUint32(at) : view.getInt32(at);
      at += 4;
    }
    into.push({ pts: dts + offset, duration });
    dts += duration;
  }
  return dts;
}

/** The timescale of the first track in an init segment (moov/trak/mdia/mdhd), 90000 when it cannot be read. */
export function readTimescale(init: Uint8Array): number {
  const view = viewOf(init);
  for (const moov of boxes(view, 0, init.byteLength)) {
    if (moov.type !== "moov") continue;
    const trak = child(view, moov, "trak");
    const mdia = trak && child(view, trak, "mdia");
    const mdhd = mdia && child(view, mdia, "mdhd");
    if (mdhd) return view.getUint32(mdhd.start + (view.getUint8(mdhd.start) === 1 ? 20 : 12)) || 90_000;
  }
  return 90_000;
}
