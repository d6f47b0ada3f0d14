import { describe, expect, it } from "vitest";

import { arranged, counted, latenessOf, targetOf, type Item, type TodoPage } from "./todo";

const item = (title: string, due = "", more: Partial<Item> = {}): Item => ({
  title, due, overdue: false, urgent: false, subject_kind: "system", subject_id: title, cited: [], ...more,
});
const PAGE: TodoPage = {
  today: "2026-11-26",
  groups: [
    { kind: "signs.due", title: "标识", count: 1, items: [item("a")] },
    { kind: "filings.due", title: "待备案", count: 3, items: [item("b", "2026-12-20"), item("c", "2026-11-20", { overdue: true }), item("d", "2026-12-03")] },
  ],
};

describe("the to-do page", () => {
  it.each([
    [item("x", "2026-11-20", { overdue: true, urgent: true }), "overdue"],
    [item("x", "2026-12-30", { urgent: true }), "urgent"],
    [item("x", "2026-11-25"), "overdue"],
    [item("x", "2026-11-26"), "week"],
    [item("x", "2026-12-03"), "week"],
    [item("x", "2026-12-04"), "later"],
    [item("x"), "none"],
  ])("tells how late %o is", (one, late) => {
    expect(latenessOf(one, "2026-11-26")).toBe(late);
  });

  it("shows what presses most first, in groups and among them", () => {
    expect(arranged(PAGE, "").map((group) => group.items.map((one) => one.title))).toEqual([["c", "d", "b"], ["a"]]);
    expect(arranged(PAGE, "week").map((group) => group.items.map((one) => one.title))).toEqual([["d"]]);
    expect([...counted(PAGE)]).toEqual([["none", 1], ["later", 1], ["overdue", 1], ["week", 1]]);
  });

  it("leads to where it is done, and nowhere when there is no screen", () => {
    expect(targetOf("filings.due", item("s1"))).toEqual({ path: "/filings", query: { system: "s1" } });
    expect(targetOf("signs.due", item("p", "", { subject_kind: "place" }))).toEqual({ path: "/signs", query: { place: "p" } });
    expect(targetOf("x", item("p", "", { subject_kind: "satellite" }))).toBeNull();
  });
});
