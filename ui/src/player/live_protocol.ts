/** The words of `WS /media/live` (docs/architecture.md, "HTTP: edge"), as values. No socket here. */

export const LIVE_HEADER_BYTES = 24;

/** What the edge says before media: how to open the decoder and when the stream's first fragment began. */
export interface LiveInit {
  readonly mime: string;
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  readonly start_ns: bigint;
}

/** Why the edge ended the stream, for a person. */
export interface LiveEnd {
  readonly reason: string;
  readonly zh: string;
  readonly en: string;
}

/** `notice`: no pictures come for now (null: they do again); the stream goes on by itself. `end`: it is over. */
export type LiveText =
  | { kind: "init"; init: LiveInit }
  | { kind: "notice"; notice: LiveEnd | null }
  | { kind: "end"; end: LiveEnd }
  | { kind: "other" };

/** One fragment: header and moof+mdat. Wall times are UTC nanoseconds by the recording machine's arrival clock. */
export interface LiveFragment {
  readonly keyframe: boolean;
  readonly damaged: boolean;
  readonly audio: boolean;
  readonly duration_90k: number;
  readonly start_ns: bigint;
  readonly arrival_ns: bigint;
  readonly media: Uint8Array;
}

/** Read a text message. Nanoseconds pass 2^53, so `start_ns` is taken from the text, not from JSON.parse's number. */
export function parseLiveText(text: string): LiveText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "other" };
  }
  if (typeof value !== "object" || value === null) return { kind: "other" };
  const message = value as Record<string, Record<string, unknown> | undefined>;
  if (message["init"]) {
    const init = message["init"];
    const exact = /"start_ns"\s*:\s*"?(\d+)/.exec(text)?.[1] ?? "0";
    return {
      kind: "init",
      init: {
        mime: words(init["mime"]) || "video/mp4",
        codecs: words(init["codecs"]),
        width: Number(init["width"] ?? 0),
        height: Number(init["height"] ?? 0),
        start_ns: BigInt(exact),
      },
    };
  }
  if (message["end"]) return { kind: "end", end: readEnd(message["end"]) };
  if ("notice" in message) return { kind: "notice", notice: message["notice"] ? readEnd(message["notice"]) : null };
  return { kind: "other" };
}

function readEnd(value: Record<string, unknown>): LiveEnd {
  return { reason: words(value["reason"]), zh: words(value["zh"]), en: words(value["en"]) };
}

/** A text, or nothing where something else stands. */
function words(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Read a binary fragment; undefined when it is too short to be one. */
export function parseLiveFragment(data: ArrayBuffer): LiveFragment | undefined {
  if (data.byteLength < LIVE_HEADER_BYTES + 8) return undefined;
  const view = new DataView(data);
  const flags = view.getUint8(0);
  return {
    keyframe: (flags & 1) !== 0,
    damaged: (flags & 2) !== 0,
    audio: (flags & 4) !== 0,
    duration_90k: view.getUint32(4),
    start_ns: view.getBigUint64(8),
    arrival_ns: view.getBigUint64(16),
    media: new Uint8Array(data, LIVE_HEADER_BYTES),
  };
}

/** Whether a binary message is an init segment: those begin with `ftyp`, fragments with the 24-byte header. */
export function isInitSegment(data: ArrayBuffer): boolean {
  return data.byteLength >= 12 && new DataView(data).getUint32(4) === 0x66747970;
}

export function mimeWithCodecs(mime: string, codecs: string): string {
  return mime.includes("codecs=") || codecs === "" ? mime : `${mime}; codecs="${codecs}"`;
}
