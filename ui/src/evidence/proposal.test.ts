import { describe, expect, it } from "vitest";

import { additionOf, byHolder, itemsOf, pointsOf, seenBy, unseenRoute, type Candidate, type Proposal } from "./proposal";

const view = { lon: 120, lat: 36, azimuth: 0, angle: 90, distance: 80 };
const camera = (id: string, stretches: number[][], places: number[] = [], holder = "mall"): Candidate => ({
  camera: id, name: id, holder, holder_name: holder, spans: [{ from_s: 60, to_s: 120 }, { from_s: 300, to_s: 360 }], asked_s: 120, recorded_s: null, places, stretches, route_m: 0, view,
});
const a = camera("a", [[0, 3]], [0]);
const b = camera("b", [[2, 6], [9, 9]]);
const c = camera("c", [[3, 7]], [0, 1], "bank");
const proposal: Proposal = { proposed: [a, b], more: [c], without_footage: [], unseen_places: [], unseen_route_m: 0, asked_s: 240, more_adds_s: 120, whole_time_adds_s: 0, step_m: 10, route_points: 11 };

describe("a proposal", () => {
  it("counts each point of the route once", () => {
    expect(pointsOf(b)).toEqual([2, 3, 4, 5, 6, 9]);
    const seen = seenBy([a, b]);
    expect([seen.points.size, [...seen.places], seen.asked_s]).toEqual([8, [0], 240]);
    expect(unseenRoute(proposal, seen)).toBe(30);
  });
  it("says what one more adds, and what is lost without one of the chosen", () => {
    expect(additionOf(c, [a, b], 10)).toEqual({ places: [1], route_m: 10, asked_s: 120 });
    expect(additionOf(a, [a, b], 10)).toEqual({ places: [0], route_m: 20, asked_s: 120 });
    expect(additionOf(a, [a, b, c], 10)).toEqual({ places: [], route_m: 20, asked_s: 120 });
  });
  it("is asked of one holder at a time, each span for itself", () => {
    expect(byHolder([a, b, c]).map((one) => [one.id, one.cameras.length])).toEqual([["mall", 2], ["bank", 1]]);
    expect(itemsOf([a])).toEqual([{ camera: "a", name: "a", from_ms: 60_000, to_ms: 120_000 }, { camera: "a", name: "a", from_ms: 300_000, to_ms: 360_000 }]);
  });
});
