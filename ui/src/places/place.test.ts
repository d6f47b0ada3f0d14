import { describe, expect, it } from "vitest";

import { PLACES } from "./index";
import { phoneBar, placeOf } from "./place";

const place = (name: string, pinned = false): { name: string; path: string; pinned: boolean } => ({ name, path: `/${name}`, pinned });

describe("places", () => {
  it("are each there once, and fit a phone's bar", () => {
    expect(new Set(PLACES.map((one) => one.name)).size).toBe(PLACES.length);
    expect(new Set(PLACES.map((one) => one.path)).size).toBe(PLACES.length);
    expect(PLACES.filter((one) => one.pinned).length).toBeLessThanOrEqual(4);
  });

  it("hold the routes below them, but not those that only begin alike", () => {
    const all = [place("law"), place("lawyers"), { ...place("packs"), path: "/law/packs" }];
    expect(placeOf("/law", all)?.name).toBe("law");
    expect(placeOf("/law/qd204@2020/art7", all)?.name).toBe("law");
    expect(placeOf("/law/packs/1", all)?.name).toBe("packs");
    expect(placeOf("/lawyers", all)?.name).toBe("lawyers");
    expect(placeOf("/nowhere", all)).toBeUndefined();
  });

  it("show on a phone where one is, even when it is not pinned", () => {
    const all = [place("a", true), place("b", true), place("c", true), place("d", true), place("e")];
    expect(phoneBar(all, all[1]).map((one) => one.name)).toEqual(["a", "b", "c", "d"]);
    expect(phoneBar(all, all[4]).map((one) => one.name)).toEqual(["a", "b", "c", "e"]);
    expect(phoneBar(all, undefined).map((one) => one.name)).toEqual(["a", "b", "c", "d"]);
  });
});
