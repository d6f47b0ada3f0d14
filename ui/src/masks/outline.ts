/** An outline as it is drawn: corners as fractions of the picture, and whether it can be kept. Pure. */
export type Corner = readonly [x: number, y: number];
export type Outline = readonly Corner[];

export const MOST_CORNERS = 32;
export const LEAST_AREA = 1e-5;

const within = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
export const corner = (x: number, y: number): Corner => [within(x), within(y)];

export function added(outline: Outline, at: Corner): Outline {
  return outline.length >= MOST_CORNERS ? outline : [...outline, at];
}

export function moved(outline: Outline, index: number, at: Corner): Outline {
  return outline.map((one, number) => (number === index ? at : one));
}

export function without(outline: Outline, index: number): Outline {
  return outline.filter((_, number) => number !== index);
}

/** A box from one corner to the opposite one. */
export function boxBetween(a: Corner, b: Corner): Outline {
  return [a, [b[0], a[1]], b, [a[0], b[1]]];
}

export function area(outline: Outline): number {
  let twice = 0;
  outline.forEach(([x, y], index) => {
    const [nextX, nextY] = outline[(index + 1) % outline.length] as Corner;
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

const turn = (a: Corner, b: Corner, c: Corner): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

/** Whether two of its sides that are no neighbours cross: what lies inside would be a matter of opinion. */
export function crossesItself(outline: Outline): boolean {
  const count = outline.length;
  const at = (index: number): Corner => outline[index % count] as Corner;
  for (let one = 0; one < count; one++) {
    for (let other = one + 2; other < count; other++) {
      if (one === 0 && other === count - 1) continue;
      const [a, b, c, d] = [at(one), at(one + 1), at(other), at(other + 1)];
      if (turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b)) return true;
    }
  }
  return false;
}

export type Fault = "few" | "crosses" | "flat" | null;

export function faultOf(outline: Outline): Fault {
  if (outline.length < 3) return "few";
  if (crossesItself(outline)) return "crosses";
  return area(outline) < LEAST_AREA ? "flat" : null;
}

/** For an SVG polygon over a box of 1 by 1. */
export const pointsText = (outline: readonly (readonly number[])[]): string => outline.map((one) => `${one[0]},${one[1]}`).join(" ");
