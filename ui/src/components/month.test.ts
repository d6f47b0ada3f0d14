import { describe, expect, it } from "vitest";

import { dayOf, monthGrid, parseTime, shiftMonth, startOfDay } from "./month";

describe("month", () => {
  it("lays out whole weeks, Monday first", () => {
    const grid = monthGrid("2026-11");
    expect(grid[0]?.[0]).toEqual({ day: "2026-10-26", inside: false });
    expect(grid[0]?.[6]).toEqual({ day: "2026-11-01", inside: true });
    expect(grid.flat().filter((cell) => cell.inside)).toHaveLength(30);
    expect(shiftMonth("2026-01", -1)).toBe("2025-12");
    expect(dayOf(startOfDay("2026-02-28"))).toBe("2026-02-28");
  });

  it.each([
    ["2026-01-31 08:30:05", [2026, 0, 31, 8, 30, 5]],
    ["2026年1月31日 8:30", [2026, 0, 31, 8, 30, 0]],
    ["01-30 23:59:59", [2026, 0, 30, 23, 59, 59]],
    ["2026/1/2 03:04", [2026, 0, 2, 3, 4, 0]],
    ["08\uff1a30", [2026, 0, 31, 8, 30, 0]],
    ["08:30", [2026, 0, 31, 8, 30, 0]],
    ["8:30:07", [2026, 0, 31, 8, 30, 7]],
  ] as const)("reads %s", (text, [y, m, d, h, min, s]) => {
    expect(parseTime(text, "2026-01-31")).toBe(new Date(y, m, d, h, min, s).getTime());
  });

  it.each(["", "noon", "25:00", "12:60", "2026-02-30 10:00", "2026-13-01 10:00", "10"])("refuses %j", (text) => {
    expect(parseTime(text, "2026-01-31")).toBeUndefined();
  });
});
