import { describe, expect, it } from "vitest";

import { readConfig, SYNTHETIC } from "./config";

describe("the map's configuration", () => {
  it("is the invented city when nothing is said", () => {
    expect(readConfig({})).toEqual(SYNTHETIC);
  });

  it("takes the customer's tiles with their datum", () => {
    expect(readConfig({ kind: "xyz", url: "/tiles/{z}/{x}/{y}.png", datum: "GCJ-02" })).toMatchObject({ kind: "xyz", datum: "GCJ-02" });
    expect(readConfig({ kind: "pmtiles", url: "/tiles/city.pmtiles" }).kind).toBe("pmtiles");
  });

  it("names what is wrong", () => {
    const wrong: [unknown, string][] = [
      [null, "not an object"], [{ kind: "webgl" }, "kind"], [{ kind: "xyz", url: "https://elsewhere/{z}/{x}/{y}" }, "url"],
      [{ kind: "xyz", url: "//elsewhere/{z}/{x}/{y}" }, "url"], [{ kind: "xyz", url: "/tiles" }, "url"], [{ kind: "wmts", url: "/wmts" }, "layer"],
      [{ datum: "BJ54" }, "datum"], [{ centre: [1] }, "centre"], [{ zoom: 40 }, "zoom"],
    ];
    for (const [given, field] of wrong) expect(() => readConfig(given), JSON.stringify(given)).toThrow(field);
  });
});
