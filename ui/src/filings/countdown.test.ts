import { describe, expect, it } from "vitest";

import { countdown } from "./countdown";

describe("countdown", () => {
  it.each([
    ["2026-11-14", 16, null, "far"],
    ["2026-11-15", 15, -15, "soon"],
    ["2026-11-22", 8, -15, "soon"],
    ["2026-11-23", 7, -7, "soon"],
    ["2026-11-27", 3, -3, "close"],
    ["2026-11-29", 1, -1, "close"],
    ["2026-11-30", 0, -1, "today"],
    ["2026-12-01", -1, 1, "overdue"],
    ["2027-01-05", -36, 1, "overdue"],
  ])("due 2026-11-30, on %s", (today, daysLeft, alert, urgency) => {
    expect(countdown("2026-11-30", today)).toEqual({ daysLeft, alert, urgency });
  });

  it("counts a leap day", () => {
    expect(countdown("2028-03-01", "2028-02-28").daysLeft).toBe(2);
  });

  it.each(["2026-02-30", "2026-13-01", "", "soon"])("refuses %j, which is no day", (text) => {
    expect(() => countdown(text, "2026-01-01")).toThrow(RangeError);
  });
});
