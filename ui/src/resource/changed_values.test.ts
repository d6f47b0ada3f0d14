import { describe, expect, it } from "vitest";

import { changedValues } from "./changed_values";

describe("what a form sends", () => {
  it("is what was changed, without blanks around it", () => {
    expect(changedValues({ name: " 新名 ", note: "", kinds: ["a"] }, { name: "旧名", note: "", kinds: ["a"] })).toEqual({ name: "新名" });
  });

  it("has a field that was emptied, but none that never was filled", () => {
    expect(changedValues({ note: "", sector: "" }, { note: "旧" })).toEqual({ note: "" });
  });
});
