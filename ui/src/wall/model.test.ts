import { describe, expect, it } from "vitest";

import {
  clear, emptyWall, fill, place, placeAnywhere, streamFor, swap, toggleMaximised, wallFromJson, wallToJson, withLayout,
} from "./model";

describe("wall", () => {
  const four = fill(emptyWall(4), ["a", "b", "c"]);

  it("fills, places and swaps; a camera is never twice on the wall", () => {
    expect(four.tiles).toEqual(["a", "b", "c", null]);
    expect(place(four, 3, "a").tiles).toEqual([null, "b", "c", "a"]);
    expect(place(four, 0, "d").tiles).toEqual(["d", "b", "c", null]);
    expect(placeAnywhere(four, "d").tiles).toEqual(["a", "b", "c", "d"]);
    expect(placeAnywhere(four, "b")).toBe(four);
    expect(swap(four, 0, 1).tiles).toEqual(["b", "a", "c", null]);
    expect(swap(four, 0, 9)).toBe(four);
  });

  it("keeps a maximised camera maximised when it is moved, and lets go when it is taken off", () => {
    const big = toggleMaximised(four, 1);
    expect(swap(big, 1, 3).maximised).toBe(3);
    expect(clear(big, 1).maximised).toBeNull();
    expect(toggleMaximised(big, 1).maximised).toBeNull();
    expect(toggleMaximised(four, 3).maximised).toBeNull();
  });

  it("changes the number of tiles and loses empty ones first", () => {
    const nine = fill(emptyWall(9), ["a"]);
    const spread = place(nine, 8, "z");
    expect(withLayout(spread, 4).tiles).toContain("z");
    expect(withLayout(fill(emptyWall(9), [..."abcdefghi"]), 4).tiles).toEqual(["a", "b", "c", "d"]);
    expect(withLayout(four, 16).tiles).toHaveLength(16);
  });

  it("shows the main stream only where it is seen large", () => {
    expect(streamFor(four, 0, true)).toBe("sub");
    expect(streamFor(toggleMaximised(four, 0), 0, true)).toBe("main");
    expect(streamFor(emptyWall(1), 0, true)).toBe("main");
    expect(streamFor(four, 0, false)).toBe("main");
  });

  it("goes through JSON, and refuses what is no wall", () => {
    expect(wallFromJson(JSON.parse(JSON.stringify(wallToJson(four))))).toEqual(four);
    expect(wallFromJson({ grid: 4, tiles: [{ camera: "a" }, 7, { camera: "" }] })?.tiles).toEqual(["a", null, null, null]);
    for (const broken of [null, 3, {}, { grid: 5, tiles: [] }, { grid: 4, tiles: "x" }]) expect(wallFromJson(broken)).toBeNull();
  });
});
