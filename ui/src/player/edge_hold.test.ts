import { describe, expect, it } from "vitest";

import { EDGE_HOLD_DEFAULTS, EdgeClock, EdgeHold, type EdgeView } from "./edge_hold";

const PICTURE_S = 0.04;
const TARGET_S = PICTURE_S + EDGE_HOLD_DEFAULTS.reserve_s;

const playing = (ahead_s: number): EdgeView => ({ ahead_s, picture_s: PICTURE_S, dry: false });

/** Play `seconds` with media coming in steadily; how much is ahead at the end, and how often it jumped. */
function simulate(hold: EdgeHold, ahead_s: number, seconds: number): { ahead_s: number; jumps: number } {
  let jumps = 0;
  for (let tick = 0; tick < seconds * 10; tick++) {
    const answer = hold.decide(playing(ahead_s));
    if (answer.seekBack_s !== null) {
      ahead_s = answer.seekBack_s;
      jumps++;
    }
    ahead_s += 0.1 - 0.1 * answer.rate;
  }
  return { ahead_s, jumps };
}

/** A hold whose first moments are over. */
function settled(): EdgeHold {
  const hold = new EdgeHold();
  simulate(hold, TARGET_S, 2);
  return hold;
}

describe("EdgeHold", () => {
  it("leaves a picture alone that is where it should be", () => {
    expect(new EdgeHold().decide(playing(TARGET_S))).toEqual({ rate: 1, seekBack_s: null });
  });

  it.each([-0.3, 0.02, 0.4, 1])("comes back to the edge from %s s within five seconds without a jump", (ahead_s) => {
    const end = simulate(settled(), ahead_s, 5);
    expect(end.jumps).toBe(0);
    expect(Math.abs(end.ahead_s - TARGET_S)).toBeLessThan(0.05);
  });

  it("never hurries so much that it runs past the edge", () => {
    const hold = settled();
    let ahead_s = 1.4;
    for (let tick = 0; tick < 100; tick++) {
      ahead_s += 0.1 - 0.1 * hold.decide(playing(ahead_s)).rate;
      expect(ahead_s).toBeGreaterThan(TARGET_S - EDGE_HOLD_DEFAULTS.slack_s);
    }
  });

  it("jumps when far behind, and when it ran past the newest picture", () => {
    expect(settled().decide(playing(30)).seekBack_s).toBe(TARGET_S);
    expect(settled().decide(playing(-0.8)).seekBack_s).toBe(TARGET_S);
  });

  it("jumps once to the edge of a stream that it joins at an old keyframe, and again when it joins anew", () => {
    const hold = new EdgeHold();
    expect(simulate(hold, 1, 3)).toMatchObject({ jumps: 1 });
    expect(simulate(hold, 1, 3)).toMatchObject({ jumps: 0 });
    hold.joined();
    expect(simulate(hold, 1, 3)).toMatchObject({ jumps: 1 });
  });

  it("gives a stuttering network more cushion, and takes it back later", () => {
    const hold = settled();
    for (let stall = 0; stall < 20; stall++) hold.stalled();
    expect(hold.target_s(PICTURE_S)).toBe(PICTURE_S + 0.8);
    simulate(hold, 0.8, 600);
    expect(hold.target_s(PICTURE_S)).toBe(TARGET_S);
  });

  it("keeps a slow camera's picture longer in hand, but not for ever", () => {
    const hold = new EdgeHold();
    expect(hold.target_s(0.2) - hold.target_s(0.04)).toBeCloseTo(0.16);
    expect(hold.target_s(5)).toBeLessThan(0.5);
  });

  it("does not wait for a browser that ran dry although pictures are there again", () => {
    const hold = settled();
    expect(hold.decide({ ahead_s: TARGET_S - 0.02, picture_s: PICTURE_S, dry: true }).seekBack_s).toBeNull();
    expect(hold.decide({ ahead_s: TARGET_S + 0.02, picture_s: PICTURE_S, dry: true }).seekBack_s).toBe(TARGET_S);
  });
});

describe("EdgeClock", () => {
  it("moves on with time until the next picture is due, and waits there", () => {
    const clock = new EdgeClock();
    clock.picture(10, 0.08, 1000);
    expect(clock.at(1000)).toBe(10);
    expect(clock.at(1040)).toBeCloseTo(10.04);
    expect(clock.at(1500)).toBeCloseTo(10.08);
    clock.picture(10.08, 0.08, 1500);
    expect(clock.at(1520)).toBeCloseTo(10.1);
  });
});
