import { describe, expect, it } from "vitest";

import type { OpenEmergency, Retrieval } from "../api/retrievals";
import { known, running } from "./emergencies";

const row = (state: string, closes_s: number | null): Retrieval => ({ state, closes_s }) as Retrieval;

describe("emergencies on every screen", () => {
  it("are those that still open something, by the clock even when the server is silent", () => {
    const rows = [row("emergency", 100), row("confirmed", 200), row("lapsed", 300), row("closed", null)];
    expect(running(rows, 99_999).map((one) => one.state)).toEqual(["emergency", "confirmed"]);
    expect(running(rows, 100_000).map((one) => one.state)).toEqual(["confirmed"]);
    expect(running(rows, 200_000)).toEqual([]);
  });

  it("that one knows of only because one's cameras are open are told once, until their time", () => {
    const area = { type: "Polygon", coordinates: [[[120.3, 36], [120.4, 36], [120.4, 36.1], [120.3, 36]]] };
    const open: OpenEmergency = { kind: "accident", area, cameras: 1, names: ["大门"], since_s: 50, until_s: 100 };
    expect(known([open], [], 99_999)).toEqual([open]);
    expect(known([open], [], 100_000)).toEqual([]);
    const read = { ...row("emergency", 100), event_kind: "accident", area } as unknown as Retrieval;
    expect(known([open], [read], 0)).toEqual([]);
  });
});
