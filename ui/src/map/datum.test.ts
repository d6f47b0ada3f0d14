import { describe, expect, it } from "vitest";

import { coordinateText, fromWgs84, toWgs84 } from "./datum";
import { metresBetween, type LonLat } from "./ground";

const HERE: LonLat = [120.38, 36.06];

describe("datums", () => {
  it("move GCJ-02 by hundreds of metres and CGCS2000 not at all", () => {
    const moved = metresBetween(HERE, fromWgs84(HERE, "GCJ-02"));
    expect(moved).toBeGreaterThan(300);
    expect(moved).toBeLessThan(800);
    expect(coordinateText(HERE, "CGCS2000")).toBe("120.380000, 36.060000");
  });

  it("come back to within a metre", () => {
    for (const datum of ["GCJ-02", "BD-09"] as const) {
      expect(metresBetween(HERE, toWgs84(fromWgs84(HERE, datum), datum))).toBeLessThan(1);
    }
  });
});
