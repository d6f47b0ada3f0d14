import { describe, expect, it } from "vitest";

import { partOf } from "./cameras";

describe("cameras that are watched", () => {
  it("are asked for in turns, so that any number of them costs one question at a time", () => {
    const ids = Array.from({ length: 450 }, (_, n) => String(n));
    const turns = [0, 1, 2, 3].map((turn) => partOf(ids, turn, 200));
    expect(turns.map((one) => [one[0], one.length])).toEqual([["0", 200], ["200", 200], ["400", 50], ["0", 200]]);
    expect(partOf([], 7, 200)).toEqual([]);
  });
});
