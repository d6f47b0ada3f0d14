import { describe, expect, it } from "vitest";

import type { Retrieval } from "../api/retrievals";
import { running } from "./emergencies";

const row = (state: string, closes_s: number | null): Retrieval => ({ state, closes_s }) as Retrieval;

describe("emergencies on every screen", () => {
  it("are those that still open something, by the clock even when the server is silent", () => {
    const rows = [row("emergency", 100), row("confirmed", 200), row("lapsed", 300), row("closed", null)];
    expect(running(rows, 99_999).map((one) => one.state)).toEqual(["emergency", "confirmed"]);
    expect(running(rows, 100_000).map((one) => one.state)).toEqual(["confirmed"]);
    expect(running(rows, 200_000)).toEqual([]);
  });
});
