/** Figures of retention as people read them; pure. */

/** Millionths as a percentage that never rounds up to 100: what lacks a second is not whole. */
export function percentWords(ppm: number | null): string {
  if (ppm === null) return "—";
  return ppm >= 1_000_000 ? "100 %" : `${(Math.floor(ppm / 100) / 100).toFixed(2)} %`;
}

/** Days that end with `day`, oldest first, as YYYY-MM-DD. */
export function daysBefore(day: string, count: number): readonly string[] {
  const end = Date.parse(`${day}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) => new Date(end - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10));
}

export const qualityWords = (row: { readonly width: number | null; readonly height: number | null; readonly fps_milli: number | null; readonly bitrate_bps: number | null; readonly codecs: string }): string =>
  row.width === null || row.height === null ? "" : [`${row.width}×${row.height}`, row.fps_milli === null ? "" : `${row.fps_milli / 1000} fps`, row.bitrate_bps === null ? "" : `${(row.bitrate_bps / 1_000_000).toFixed(2)} Mb/s`, row.codecs].filter((one) => one !== "").join(" · ");
