import { describe, expect, it } from "vitest";

import { layout, widthFor, type StateTable } from "./diagram";

const state = (name: string, final = false): StateTable["states"][number] => ({ name, final, label: { zh: name, en: name } });
const way = (source: string, event: string, target: string): StateTable["transitions"][number] => ({
  source, event, target, guard: null, clauses: [], label: { zh: event, en: event },
});
const TABLE: StateTable = {
  name: "t", title: { zh: "", en: "" }, initial: "draft",
  states: [state("withdrawn", true), state("draft"), state("submitted"), state("returned"), state("registered"), state("due"), state("alone")],
  transitions: [
    way("draft", "submit", "submitted"), way("draft", "withdraw", "withdrawn"), way("submitted", "return", "returned"),
    way("returned", "resubmit", "submitted"), way("submitted", "register", "registered"), way("returned", "register", "registered"),
    way("registered", "change", "due"), way("due", "submit", "submitted"),
  ],
};

describe("a state table as a drawing", () => {
  const drawn = layout(TABLE, 100);
  const box = (name: string): { x: number; y: number } => drawn.boxes.find((one) => one.name === name)!;

  it("puts states into columns by their distance from the beginning, ends below what goes on", () => {
    expect(box("draft").x).toBeLessThan(box("submitted").x);
    expect(box("returned").x).toBe(box("registered").x);
    expect(box("withdrawn").y).toBeGreaterThan(box("submitted").y);
    expect(box("alone").x).toBeGreaterThan(box("due").x);
  });

  it("draws every way inside the drawing, and there and back apart", () => {
    expect(drawn.ways.map((one) => `${one.source} ${one.event}`)).toEqual(TABLE.transitions.map((one) => `${one.source} ${one.event}`));
    for (const { at } of drawn.ways) {
      expect(at[0]).toBeGreaterThan(0);
      expect(at[0]).toBeLessThan(drawn.width);
      expect(at[1]).toBeLessThan(drawn.height);
    }
    const [there, back] = [drawn.ways[2]!, drawn.ways[3]!];
    expect(there.at[1]).not.toBe(back.at[1]);
    expect(drawn.ways.at(-1)!.at[1]).toBeLessThan(box("due").y);
  });

  it("makes boxes wide enough for Chinese and for English", () => {
    expect(widthFor(["竣工验收合格"])).toBeGreaterThanOrEqual(6 * 15 + 20);
    expect(widthFor(["returned for correction"])).toBeGreaterThan(widthFor(["draft"]));
  });
});
