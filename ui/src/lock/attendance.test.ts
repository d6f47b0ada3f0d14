import { describe, expect, it } from "vitest";

import { Attendance, LOCK_AFTER_MS, timesFor } from "./attendance";

const MINUTE = 60_000;

describe("attendance", () => {
  it("is over five minutes after the last touch, and no later touch brings it back", () => {
    const here = new Attendance(timesFor(LOCK_AFTER_MS), 0);
    expect(here.touch(MINUTE)).toBe(true);
    expect(here.over(6 * MINUTE - 1)).toBe(false);
    expect(here.over(6 * MINUTE)).toBe(true);
    expect(here.touch(6 * MINUTE + 1)).toBe(false); // the lid was closed for the night
    expect(here.over(6 * MINUTE + 2)).toBe(true);
  });

  it("is not shortened by a touch of another tab that came late", () => {
    const here = new Attendance(timesFor(LOCK_AFTER_MS), 2 * MINUTE);
    here.touch(MINUTE);
    expect(here.over(6.5 * MINUTE)).toBe(false);
  });

  it("warns half a minute before, and sooner when the time is short", () => {
    const here = new Attendance(timesFor(LOCK_AFTER_MS), 0);
    expect(here.warning(269_999)).toBeNull();
    expect(here.warning(270_000)).toBe(30);
    expect(here.warning(299_001)).toBe(1);
    expect(timesFor(15_000).warn_ms).toBe(5_000);
  });

  it("tells the server of touches once a minute, with how long ago the last was, and of none twice", () => {
    const here = new Attendance(timesFor(LOCK_AFTER_MS), 0);
    expect(here.toTell(MINUTE)).toBeNull();
    here.touch(50_000);
    expect(here.toTell(MINUTE - 1)).toBeNull();
    expect(here.toTell(MINUTE)).toBe(10_000);
    expect(here.toTell(3 * MINUTE)).toBeNull();
    here.touch(3 * MINUTE);
    expect(here.toTell(3 * MINUTE)).toBe(0);
  });
});
