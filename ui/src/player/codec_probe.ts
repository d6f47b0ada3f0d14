/** What this browser can decode through Media Source Extensions; told to the edge so that it transcodes only if it must. */

const CANDIDATES = [
  "avc1.42e01e",
  "avc1.4d401f",
  "avc1.640028",
  "hvc1.1.6.L93.B0",
  "hev1.1.6.L93.B0",
  "mp4a.40.2",
  "flac",
  "opus",
] as const;

export type TypeProbe = (mime: string) => boolean;

function browserProbe(mime: string): boolean {
  return typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(mime);
}

/** Whether pictures can be played at all: without MSE the page falls back to JPEG. */
export function hasMediaSource(): boolean {
  return typeof MediaSource !== "undefined";
}

export function decodableCodecs(probe: TypeProbe = browserProbe): string[] {
  const kind = (codec: string): string => (/^(avc1|hvc1|hev1)/.test(codec) ? "video" : "audio");
  return CANDIDATES.filter((codec) => probe(`${kind(codec)}/mp4; codecs="${codec}"`));
}

export function canDecode(mime: string, probe: TypeProbe = browserProbe): boolean {
  return probe(mime);
}
