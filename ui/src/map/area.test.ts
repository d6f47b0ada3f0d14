import { describe, expect, it } from "vitest";

import { areaOf, boxOf } from "./area";
import type { LonLat } from "./ground";

const SQUARE: LonLat[] = [[120, 36], [120.1, 36], [120.1, 36.1], [120, 36.1]];

describe("an area drawn by hand", () => {
  it("is closed and keeps its corners", () => {
    expect(areaOf([...SQUARE, SQUARE[0]!])).toEqual({ type: "Polygon", coordinates: [[...SQUARE, SQUARE[0]]] });
    expect(areaOf(SQUARE.slice(0, 2))).toBeNull();
    expect(areaOf([SQUARE[0]!, SQUARE[0]!, SQUARE[0]!])).toBeNull();
  });

  it("that crosses itself becomes its hull", () => {
    const bow: LonLat[] = [SQUARE[0]!, SQUARE[2]!, SQUARE[1]!, SQUARE[3]!];
    const ring = areaOf(bow)!.coordinates[0]!;
    expect(ring).toHaveLength(5);
    expect(new Set(ring.map(String))).toEqual(new Set(SQUARE.map(String)));
  });

  it("of a long stroke has at most a hundred corners", () => {
    const circle = Array.from({ length: 900 }, (_, n): LonLat => [120 + Math.cos(n / 143) / 100, 36 + Math.sin(n / 143) / 100]);
    expect(areaOf(circle)!.coordinates[0]!.length).toBeLessThanOrEqual(102);
  });
});

describe("the box of several boxes", () => {
  it("holds them all, and is none for none", () => {
    expect(boxOf([[120, 36, 120.1, 36.1], [119.9, 36.05, 119.9, 36.05]])).toEqual([119.9, 36, 120.1, 36.1]);
    expect(boxOf([])).toBeNull();
  });
});
