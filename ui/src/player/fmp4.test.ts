import { describe, expect, it } from "vitest";

import { concatBytes } from "./bytes";
import { firstMediaTime, readFragments, readTimescale } from "./fmp4";
import { box, fragment, initSegment } from "./testing";

describe("fmp4", () => {
  it("reads decode time and picture times, with composition offsets", () => {
    const base = 2 ** 33 + 7; // past 32 bits
    const data = fragment(base, [[3600, 3600], [3600, 7200], [3600, 0]]);
    expect(readFragments(data)).toEqual([
      {
        baseTime: base,
        samples: [
          { pts: base + 3600, duration: 3600 },
          { pts: base + 10_800, duration: 3600 },
          { pts: base + 7200, duration: 3600 },
        ],
      },
    ]);
    expect(firstMediaTime(data)).toBe(base);
  });

  it("takes every fragment of a chunk and skips other boxes between them", () => {
    const data = concatBytes([
      box("prft", new Uint8Array(24)), fragment(0, [[3000, 0]]), box("uuid", new Uint8Array(48)), fragment(3000, [[3000, 0]]),
    ]);
    expect(readFragments(data).map((one) => one.baseTime)).toEqual([0, 3000]);
  });

  it("keeps what came before a cut", () => {
    const whole = concatBytes([fragment(0, [[3000, 0]]), fragment(3000, [[3000, 0]])]);
    expect(readFragments(whole.slice(0, whole.byteLength - 60)).map((one) => one.baseTime)).toEqual([0]);
    expect(readFragments(new Uint8Array([0, 0, 0]))).toEqual([]);
  });

  it("reads the timescale, and says 90 kHz when there is none", () => {
    expect(readTimescale(initSegment(48_000))).toBe(48_000);
    expect(readTimescale(new Uint8Array(4))).toBe(90_000);
  });
});
