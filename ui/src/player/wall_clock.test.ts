import { describe, expect, it } from "vitest";

import { nsToMs, placeChunk, TimeMap } from "./wall_clock";

const T = 1_795_468_187_000;

describe("TimeMap", () => {
  const map = new TimeMap();
  map.add({ wallStart_ms: T, wallEnd_ms: T + 2000, start_s: 10, end_s: 12 });
  map.add({ wallStart_ms: T + 9000, wallEnd_ms: T + 10_000, start_s: 19, end_s: 20 });
  map.add({ wallStart_ms: T + 2000, wallEnd_ms: T + 4100, start_s: 12, end_s: 14 }); // drifted by 5 %

  it("maps both ways, exactly, whatever order stretches came in", () => {
    expect(map.all.map((one) => one.start_s)).toEqual([10, 12, 19]);
    expect(map.toPresentation(T + 500)).toBeCloseTo(10.5, 6);
    expect(map.toPresentation(T + 3050)).toBeCloseTo(13, 6);
    expect(map.toWall(13)).toBeCloseTo(T + 3050, 3);
    for (const wall of [T, T + 1999, T + 2500, T + 9500]) {
      expect(map.toWall(map.toPresentation(wall) as number)).toBeCloseTo(wall, 3);
    }
  });

  it("knows nothing inside a gap, and shows the end of what came before it", () => {
    expect(map.toPresentation(T + 5000)).toBeUndefined();
    expect(map.toWall(16)).toBe(T + 4100);
    expect(map.toWall(3)).toBeUndefined();
  });

  it("maps a stretch that runs backwards", () => {
    const back = new TimeMap();
    back.add({ wallStart_ms: T, wallEnd_ms: T - 96_000, start_s: 0, end_s: 12 });
    expect(back.toPresentation(T - 8000)).toBeCloseTo(1, 6);
    expect(back.toWall(6)).toBeCloseTo(T - 48_000, 3);
    expect(back.toPresentation(T + 1)).toBeUndefined();
  });

  it("forgets what left the buffer", () => {
    const other = new TimeMap();
    other.add({ wallStart_ms: 0, wallEnd_ms: 1000, start_s: 0, end_s: 1 });
    other.add({ wallStart_ms: 1000, wallEnd_ms: 2000, start_s: 1, end_s: 2 });
    other.keep(1, 5);
    expect(other.all).toHaveLength(1);
  });
});

describe("placeChunk", () => {
  const before = { wallStart_ms: T, wallEnd_ms: T + 2000, start_s: 100, end_s: 102 };
  it("joins a chunk that follows with jitter, so that no seam is shown", () => {
    expect(placeChunk(T + 2030, T - 100_000, before)).toBe(102);
    expect(placeChunk(T + 1960, T - 100_000, before)).toBe(102);
  });
  it("does not let small errors add up beyond the snap", () => {
    let previous = before;
    let worst = 0;
    for (let n = 0; n < 500; n++) {
      const wallStart = previous.wallStart_ms + 2010; // wall runs 0.5 % faster than media
      const start_s = placeChunk(wallStart, T - 100_000, previous);
      worst = Math.max(worst, Math.abs(start_s - (wallStart - (T - 100_000)) / 1000));
      previous = { wallStart_ms: wallStart, wallEnd_ms: wallStart + 2010, start_s, end_s: start_s + 2 };
    }
    expect(worst).toBeLessThanOrEqual(0.0801);
  });
  it("leaves a real gap a gap", () => {
    expect(placeChunk(T + 62_000, T - 100_000, before)).toBe(162);
  });
});

it("turns nanoseconds into milliseconds without losing a microsecond", () => {
  expect(nsToMs(1_795_468_187_123_456_789n)).toBeCloseTo(1_795_468_187_123.456, 3);
});
