/** Regions of a redaction without a screen: which wall time a film shows, which regions cover a moment. Milliseconds. */
import type { RedactionFilm, Region } from "../api/redactions";

/** UTC of a moment of the film: as far behind the last anchor before it as the film is. */
export function wallAt(film: RedactionFilm, film_ms: number): number {
  const [from, at] = film.anchors.filter(([begins]) => (begins ?? 0) <= film_ms).at(-1) ?? film.anchors[0] ?? [0, film.from_ms];
  return (at ?? film.from_ms) + film_ms - (from ?? 0);
}

/** The moment of the film that shows this instant; of one that falls into a gap, the first after it. */
export function filmAt(film: RedactionFilm, wall_ms: number): number {
  const index = film.anchors.findLastIndex(([, at]) => (at ?? 0) <= wall_ms);
  const [from = 0, at = film.from_ms] = film.anchors[Math.max(0, index)] ?? [];
  const next = film.anchors[Math.max(0, index) + 1]?.[0];
  const found = from + Math.max(0, wall_ms - at);
  return next === undefined ? found : Math.min(found, next);
}

/** Milliseconds from one picture to the next, as many pictures as there are. */
export function stepOf(film: RedactionFilm, length_ms: number): number {
  return film.pictures > 1 ? length_ms / film.pictures : 40;
}

export function coveringAt(regions: readonly Region[], camera: string, wall_ms: number): readonly { readonly index: number; readonly region: Region }[] {
  return regions.map((region, index) => ({ index, region })).filter(({ region }) => region.camera === camera && region.from_ms <= wall_ms && wall_ms < region.to_ms);
}

/** A new end of a region; null when it would end before it begins. */
export function shifted(region: Region, end: "from_ms" | "to_ms", wall_ms: number): Region | null {
  const made = { ...region, [end]: Math.round(wall_ms) };
  return made.from_ms < made.to_ms ? made : null;
}
