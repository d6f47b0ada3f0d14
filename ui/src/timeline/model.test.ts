import { describe, expect, it } from "vitest";

import {
  NARROWEST_MS, nextFootage, reveal, rowAt, spanAt, ticks, timeAt, WIDEST_MS, xOf, zoomAbout, type TimelineRow, type TimeSpan,
} from "./model";

const T = new Date(2026, 10, 23, 6, 0, 0).getTime();
const span = (kind: TimeSpan["kind"], from: number, to: number): TimeSpan => ({
  kind, start_ms: T + from, end_ms: T + to, reason: kind === "gap" ? "network" : null, detail: null,
});
const row: TimelineRow = {
  id: "a", label: "a", spans: [span("recorded", 0, 100), span("gap", 100, 200), span("backfilled", 200, 300), span("future", 300, 900)],
};

describe("timeline", () => {
  it("zooms about the cursor: the instant under it stays", () => {
    let view = { from_ms: T, to_ms: T + 3_600_000 };
    for (const [factor, x] of [[0.5, 130], [0.2, 700], [3, 10], [0.01, 400]] as const) {
      const before = timeAt(view, 800, x);
      view = zoomAbout(view, factor, before);
      expect(timeAt(view, 800, x)).toBeCloseTo(before, 3);
    }
    expect(view.to_ms - view.from_ms).toBeGreaterThanOrEqual(NARROWEST_MS);
    const wide = zoomAbout(view, 1e9, T);
    expect(wide.to_ms - wide.from_ms).toBeCloseTo(WIDEST_MS, 0);
  });

  it("maps between x and time", () => {
    const view = { from_ms: T, to_ms: T + 1000 };
    expect(xOf(view, 500, timeAt(view, 500, 123))).toBeCloseTo(123, 6);
  });

  it.each([20_000, 600_000, 86_400_000, 7 * 86_400_000])("puts ticks at round local times over %s ms, with room", (size) => {
    const found = ticks({ from_ms: T + 1234, to_ms: T + 1234 + size }, 1000);
    expect(found.length).toBeGreaterThanOrEqual(1);
    expect(found.length).toBeLessThanOrEqual(12);
    for (const tick of found) expect(new Date(tick.at_ms).getMilliseconds()).toBe(0);
    for (const tick of found.filter((one) => one.major)) expect(tick.label).toMatch(/^\d\d-\d\d$/);
  });

  it("finds what lies under the cursor", () => {
    expect(spanAt(row, T + 150)?.reason).toBe("network");
    expect(spanAt(row, T - 1)).toBeUndefined();
    expect(rowAt(10, 26, 26, 2)).toBeUndefined();
    expect(rowAt(53, 26, 26, 2)).toBe(1);
    expect(rowAt(90, 26, 26, 2)).toBeUndefined();
  });

  it("finds where footage goes on, both ways", () => {
    expect(nextFootage([row], T + 50, 1)).toBe(T + 50);
    expect(nextFootage([row], T + 150, 1)).toBe(T + 200);
    expect(nextFootage([row], T + 150, -1)).toBe(T + 99);
    expect(nextFootage([row], T + 500, 1)).toBeNull();
  });

  it("keeps the playhead in sight without moving more than it must", () => {
    const view = { from_ms: T, to_ms: T + 1000 };
    expect(reveal(view, T + 500)).toBe(view);
    expect(reveal(view, T + 1500)).toEqual({ from_ms: T + 600, to_ms: T + 1600 });
    expect(reveal(view, T - 500)).toEqual({ from_ms: T - 600, to_ms: T + 400 });
  });
});
