import { describe, expect, it } from "vitest";

import { differences } from "./difference";

describe("before and after", () => {
  it("show what changed, appeared and went, and nothing else", () => {
    expect(differences({ name: "甲", note: "", keep: 30 }, { name: "乙", keep: 30, place: null })).toEqual([
      { field: "name", before: "甲", after: "乙" },
      { field: "note", before: "", after: null },
      { field: "place", before: null, after: "null" },
    ]);
  });

  it("compare what is inside, and take nothing for an empty side", () => {
    expect(differences({ list: [1, 2] }, { list: [1, 2] })).toEqual([]);
    expect(differences(null, { a: true })).toEqual([{ field: "a", before: null, after: "true" }]);
  });
});
