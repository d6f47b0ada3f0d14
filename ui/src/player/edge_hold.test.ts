import { describe, expect, it } from "vitest";

import { EDGE_HOLD_DEFAULTS, EdgeHold } from "./edge_hold";

/** Play `seconds` with media coming in steadily; returns how much is ahead at the end. */
function simulate(hold: EdgeHold, ahead_s: number, seconds: number): number {
  for (let tick = 0; tick < seconds * 10; tick++) {
    const answer = hold.decide(ahead_s);
    if (answer.seekBack_s !== null) ahead_s = answer.seekBack_s;
    ahead_s += 0.1 - 0.1 * answer.rate;
  }
  return ahead_s;
}

describe("EdgeHold", () => {
  it("leaves a picture alone that is where it should be", () => {
    expect(new EdgeHold().decide(EDGE_HOLD_DEFAULTS.target_s)).toEqual({ rate: 1, seekBack_s: null });
  });

  it.each([-0.3, 0.02, 0.4, 1])("comes back to the edge from %s s without a jump", (ahead_s) => {
    const end_s = simulate(new EdgeHold(), ahead_s, 25);
    expect(Math.abs(end_s - EDGE_HOLD_DEFAULTS.target_s)).toBeLessThan(0.1);
  });

  it("jumps when far behind, and when it ran past the newest picture", () => {
    expect(new EdgeHold().decide(30).seekBack_s).toBe(EDGE_HOLD_DEFAULTS.target_s);
    expect(new EdgeHold().decide(-0.8).seekBack_s).toBe(EDGE_HOLD_DEFAULTS.target_s);
  });

  it("gives a stuttering network more cushion, and takes it back later", () => {
    const hold = new EdgeHold();
    for (let stall = 0; stall < 20; stall++) hold.stalled();
    expect(hold.cushion_s).toBe(0.8);
    simulate(hold, 0.8, 600);
    expect(hold.cushion_s).toBe(EDGE_HOLD_DEFAULTS.target_s);
  });
});
