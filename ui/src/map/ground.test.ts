import { describe, expect, it } from "vitest";

import { ahead, askedBox, azimuthOf, lengthOf, metresBetween, metresText, sector, within, type LonLat } from "./ground";

const HERE: LonLat = [120.38, 36.06];

describe("ground", () => {
  it("goes ahead and comes back to the same distance and direction", () => {
    for (const azimuth of [0, 45, 90, 179, 270, 359]) {
      const there = ahead(HERE, azimuth, 500);
      expect(metresBetween(HERE, there)).toBeCloseTo(500, 0);
      expect(azimuthOf(HERE, there)).toBe(azimuth);
    }
  });

  it("draws a sector that holds what is in front and not what is behind or beyond", () => {
    const ring = sector({ at: HERE, azimuth: 0, angle: 90, distance: 50 });
    expect(ring[0]).toEqual(ring.at(-1));
    expect(within(ahead(HERE, 0, 40), ring)).toBe(true);
    expect(within(ahead(HERE, 40, 40), ring)).toBe(true);
    expect(within(ahead(HERE, 50, 40), ring)).toBe(false);
    expect(within(ahead(HERE, 180, 10), ring)).toBe(false);
    expect(within(ahead(HERE, 0, 60), ring)).toBe(false);
  });

  it("draws a circle for a camera that sees all around", () => {
    const ring = sector({ at: HERE, azimuth: 0, angle: 360, distance: 50 });
    expect(ring[0]).toEqual(ring.at(-1));
    for (const azimuth of [0, 90, 180, 270]) expect(within(ahead(HERE, azimuth, 45), ring)).toBe(true);
  });

  it("measures a line in words", () => {
    expect(lengthOf([])).toBe(0);
    const line = [HERE, ahead(HERE, 90, 300), ahead(ahead(HERE, 90, 300), 0, 400)];
    expect(lengthOf(line)).toBeCloseTo(700, 0);
    expect(metresText(849.6)).toBe("850 m");
    expect(metresText(1254)).toBe("1.25 km");
  });

  it("asks the same box after a small drag, and never beyond the earth", () => {
    expect(askedBox([120.3801, 36.0601, 120.39, 36.07], 14)).toBe(askedBox([120.3802, 36.0602, 120.3901, 36.0701], 14));
    expect(askedBox([-200, -95, 200, 95], 1)).toBe("-180.000000,-90.000000,180.000000,90.000000");
  });
});
