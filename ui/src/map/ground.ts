/** Sectors, distances and selections in degrees of WGS-84; no map library here. The earth is flat over a city's view. */

/** Longitude and latitude in degrees. */
export type LonLat = readonly [number, number];

export interface View {
  readonly at: LonLat;
  readonly azimuth: number; // degrees clockwise from north
  readonly angle: number; // degrees, 1 to 360
  readonly distance: number; // metres
}

const M_PER_DEGREE = 111_320;
const STEP_DEG = 6;

/** The point `metres` away in the direction of `azimuth`. */
export function ahead(at: LonLat, azimuth: number, metres: number): LonLat {
  const radians = (azimuth * Math.PI) / 180;
  const lat = at[1] + (metres * Math.cos(radians)) / M_PER_DEGREE;
  return [at[0] + (metres * Math.sin(radians)) / (M_PER_DEGREE * Math.cos((at[1] * Math.PI) / 180)), lat];
}

/** Metres between two points. */
export function metresBetween(a: LonLat, b: LonLat): number {
  const [x, y] = offset(a, b);
  return Math.hypot(x, y);
}

/** Direction from `a` to `b`: whole degrees clockwise from north, 0 to 359. */
export function azimuthOf(a: LonLat, b: LonLat): number {
  const [x, y] = offset(a, b);
  return (Math.round((Math.atan2(x, y) * 180) / Math.PI) + 360) % 360;
}

/** The closed outline of a field of view: a sector, or a circle from 360 degrees on. */
export function sector(view: View): LonLat[] {
  const whole = view.angle >= 360;
  const angle = Math.min(360, view.angle);
  const steps = Math.max(2, Math.ceil(angle / STEP_DEG));
  const arc: LonLat[] = [];
  for (let index = 0; index <= steps; index++) {
    arc.push(ahead(view.at, view.azimuth - angle / 2 + (angle * index) / steps, view.distance));
  }
  if (whole) return [...arc.slice(0, -1), arc[0] as LonLat];
  return [view.at, ...arc, view.at];
}

/** Whether a point lies in a closed outline (even-odd). */
export function within(point: LonLat, ring: readonly LonLat[]): boolean {
  let inside = false;
  for (let index = 0, last = ring.length - 1; index < ring.length; last = index++) {
    const [ax, ay] = ring[index] as LonLat;
    const [bx, by] = ring[last] as LonLat;
    if (ay > point[1] !== by > point[1] && point[0] < ((bx - ax) * (point[1] - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Metres along a line. */
export function lengthOf(line: readonly LonLat[]): number {
  return line.slice(1).reduce((sum, point, index) => sum + metresBetween(line[index] as LonLat, point), 0);
}

/** "850 m", "1.25 km". */
export function metresText(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(2)} km`;
}

/** What the viewport API asks for: a box widened to whole steps, so that a small drag asks nothing new. */
export function askedBox(box: readonly [number, number, number, number], zoom: number): string {
  const step = 90 / 2 ** Math.max(0, Math.round(zoom));
  const down = (value: number, least: number): number => Math.max(least, Math.floor(value / step) * step);
  const up = (value: number, most: number): number => Math.min(most, Math.ceil(value / step) * step);
  return [down(box[0], -180), down(box[1], -90), up(box[2], 180), up(box[3], 90)].map((value) => value.toFixed(6)).join(",");
}

function offset(a: LonLat, b: LonLat): [number, number] {
  const middle = (((a[1] + b[1]) / 2) * Math.PI) / 180;
  return [(b[0] - a[0]) * M_PER_DEGREE * Math.cos(middle), (b[1] - a[1]) * M_PER_DEGREE];
}
