import { describe, expect, it } from "vitest";

import { daysBefore, percentWords, qualityWords } from "./figures";

describe("figures of retention", () => {
  it("never say 100 % of what lacks anything", () => {
    expect(percentWords(1_000_000)).toBe("100 %");
    expect(percentWords(999_999)).toBe("99.99 %");
    expect(percentWords(0)).toBe("0.00 %");
    expect(percentWords(null)).toBe("—");
  });

  it("count days over the end of a month and say nothing of what was not measured", () => {
    expect(daysBefore("2026-03-01", 3)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(qualityWords({ width: null, height: null, fps_milli: null, bitrate_bps: null, codecs: "" })).toBe("");
    expect(qualityWords({ width: 1920, height: 1080, fps_milli: 25_000, bitrate_bps: 4_012_000, codecs: "avc1" })).toBe("1920×1080 · 25 fps · 4.01 Mb/s · avc1");
  });
});
