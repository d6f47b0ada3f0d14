import { describe, expect, it } from "vitest";

import type { RedactionFilm, Region } from "../api/redactions";
import { coveringAt, filmAt, shifted, stepOf, wallAt } from "./regions";

const film: RedactionFilm = { name: "0001.mp4", camera: "gate", camera_name: "门", from_ms: 10_000, to_ms: 40_000, pictures: 250, size_bytes: 1, anchors: [[0, 10_000], [5_000, 25_000]] };
const region: Region = { camera: "gate", from_ms: 11_000, to_ms: 13_000, points: [[0, 0], [1, 0], [1, 1]] };

describe("the time of a film", () => {
  it("is the footage's, also behind a gap that was cut", () => {
    expect([0, 4_000, 5_000, 6_500].map((at) => wallAt(film, at))).toEqual([10_000, 14_000, 25_000, 26_500]);
    expect([10_000, 14_000, 20_000, 26_500, 1].map((at) => filmAt(film, at))).toEqual([0, 4_000, 5_000, 6_500, 0]);
    expect(stepOf(film, 10_000)).toBe(40);
  });
});

describe("a region", () => {
  it("covers its camera from its beginning, and not at its end", () => {
    expect([10_999, 11_000, 12_999, 13_000].map((at) => coveringAt([region], "gate", at).length)).toEqual([0, 1, 1, 0]);
    expect(coveringAt([region], "hall", 12_000)).toEqual([]);
  });
  it("never ends before it begins", () => {
    expect(shifted(region, "to_ms", 12_000.4)).toEqual({ ...region, to_ms: 12_000 });
    expect(shifted(region, "from_ms", 13_000)).toBeNull();
  });
});
