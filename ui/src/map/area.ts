/** An area drawn by hand as the polygon that the server takes: closed, with few enough corners, in degrees of WGS-84. */
import type { LonLat } from "./ground";

export interface Polygon {
  readonly type: "Polygon";
  readonly coordinates: readonly (readonly LonLat[])[];
}

const MOST_CORNERS = 100;

/** Null for what encloses nothing. A stroke that crosses itself becomes its hull: somebody in a hurry drew around a place. */
export function areaOf(ring: readonly LonLat[]): Polygon | null {
  const every = Math.max(1, Math.ceil(ring.length / MOST_CORNERS));
  const thinned = ring.filter((_, index) => index % every === 0).map(([lon, lat]): LonLat => [round(lon), round(lat)]);
  const corners = thinned.filter((one, index) => index === 0 || !same(one, thinned[index - 1]!));
  if (corners.length > 1 && same(corners[0]!, corners.at(-1)!)) corners.pop();
  if (corners.length < 3) return null;
  const outline = crosses(corners) ? hull(corners) : corners;
  return outline.length < 3 ? null : { type: "Polygon", coordinates: [[...outline, outline[0]!]] };
}

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
const same = (a: LonLat, b: LonLat): boolean => a[0] === b[0] && a[1] === b[1];
const turn = (a: LonLat, b: LonLat, c: LonLat): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

function crosses(ring: readonly LonLat[]): boolean {
  const side = (index: number): readonly [LonLat, LonLat] => [ring[index]!, ring[(index + 1) % ring.length]!];
  for (let one = 0; one < ring.length; one++) {
    for (let two = one + 2; two < ring.length; two++) {
      if (one === 0 && two === ring.length - 1) continue; // neighbours over the beginning
      const [a, b] = side(one);
      const [c, d] = side(two);
      if (turn(a, b, c) * turn(a, b, d) <= 0 && turn(c, d, a) * turn(c, d, b) <= 0) return true;
    }
  }
  return false;
}

/** Andrew's monotone chain. */
function hull(points: readonly LonLat[]): LonLat[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (all: readonly LonLat[]): LonLat[] => {
    const kept: LonLat[] = [];
    for (const point of all) {
      while (kept.length > 1 && turn(kept.at(-2)!, kept.at(-1)!, point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

/** The box that holds all boxes (west, south, east, north); null for none. */
export function boxOf(boxes: readonly (readonly number[])[]): [number, number, number, number] | null {
  if (boxes.length === 0) return null;
  const side = (at: number): number[] => boxes.map((box) => box[at] ?? 0);
  return [Math.min(...side(0)), Math.min(...side(1)), Math.max(...side(2)), Math.max(...side(3))];
}
