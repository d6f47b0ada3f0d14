import { describe, expect, it } from "vitest";

import { added, markedFrom, markedTo, minutesOf, NO_MARKS, restored, spanAt, spansOf, UNMARKED_MS, type CartItem } from "./cart";

const item = (from_ms: number, to_ms: number, camera = "gate"): CartItem => ({ camera, name: camera, from_ms, to_ms });

describe("marks", () => {
  it("never make a span that runs backwards", () => {
    const both = markedTo(markedFrom(NO_MARKS, 1_000), 5_000);
    expect(both).toEqual({ from_ms: 1_000, to_ms: 5_000 });
    expect(markedFrom(both, 6_000)).toEqual({ from_ms: 6_000, to_ms: null });
    expect(markedTo(both, 500)).toEqual({ from_ms: null, to_ms: 500 });
    expect(markedTo(both, 1_000)).toEqual({ from_ms: null, to_ms: 1_000 });
  });

  it("that are open reach to the picture on screen; none is the last five minutes", () => {
    expect(spanAt({ from_ms: 1_000, to_ms: null }, 9_000)).toEqual({ from_ms: 1_000, to_ms: 9_000 });
    expect(spanAt({ from_ms: null, to_ms: 400_000 }, 9_000)).toEqual({ from_ms: 400_000 - UNMARKED_MS, to_ms: 400_000 });
    expect(spanAt(NO_MARKS, 400_000)).toEqual({ from_ms: 400_000 - UNMARKED_MS, to_ms: 400_000 });
    expect(spanAt({ from_ms: 9_000, to_ms: null }, 1_000)).toEqual({ from_ms: 9_000, to_ms: 9_000 + UNMARKED_MS });
  });
});

describe("a cart", () => {
  it("holds what touches as one, each camera for itself", () => {
    const items = [item(0, 10), item(20, 30), item(0, 10, "hall")];
    expect(added(items, item(10, 20))).toEqual([item(0, 10, "hall"), item(0, 30)]);
    expect(added(items, item(12, 15))).toEqual([...items, item(12, 15)]);
  });

  it("asks in whole seconds without cutting anything off", () => {
    expect(spansOf([item(1_900, 4_100)])).toEqual([{ camera: "gate", from_s: 1, to_s: 5 }]);
    expect(minutesOf([{ from_s: 0, to_s: 90 }, { from_s: 0, to_s: 90 }])).toBe(3);
  });

  it("is empty when what was stored cannot be read", () => {
    expect(restored(JSON.stringify([item(1, 2), item(2, 2), { camera: 1 }, null]))).toEqual([item(1, 2)]);
    expect([restored(null), restored("{"), restored('{"a":1}')]).toEqual([[], [], []]);
  });
});
