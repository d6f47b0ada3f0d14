import { describe, expect, it } from "vitest";

import type { Motion, Readiness } from "./playback";
import { SyncGroup, type Follower, type Skip, type SyncStatus } from "./sync";

class Told implements Follower {
  readiness: Readiness = "ready";
  wall_ms = 0;
  rate = 0;
  motion: Motion = "standing";
  frame_ms: number | undefined;

  follow(wall_ms: number, rate: number, motion: Motion): void {
    Object.assign(this, { wall_ms, rate, motion });
  }

  frameAway(count: number): number | undefined {
    return this.frame_ms === undefined ? undefined : this.wall_ms + count * this.frame_ms;
  }
}

function groupOf(count: number, next: (at: number, direction: 1 | -1) => number | null = () => null) {
  const time = { now: 0 };
  const skips: Skip[] = [];
  let last: SyncStatus | undefined;
  const group = new SyncGroup(1_000_000, {
    nextRecorded: next, onStatus: (status) => (last = status), onSkip: (skip) => skips.push(skip), now_ms: () => time.now,
  });
  const players = Array.from({ length: count }, () => new Told());
  for (const player of players) group.add(player);
  const run = (ms: number): void => {
    for (const end = time.now + ms; time.now < end; ) {
      time.now += 50;
      group.tick();
    }
  };
  return { group, players, run, skips, status: () => last as SyncStatus };
}

describe("SyncGroup", () => {
  it.each([0.125, 1, 4, 16, -8])("tells sixteen players the same instant at %s times", (rate) => {
    const { group, players, run } = groupOf(16);
    group.setRate(rate);
    group.play();
    run(2000);
    expect(new Set(players.map((player) => player.wall_ms)).size).toBe(1);
    expect(players[0]?.wall_ms).toBeCloseTo(1_000_000 + 2000 * rate, 3);
    expect(players.every((player) => player.motion === "running" && player.rate === rate)).toBe(true);
  });

  it("takes no seventeenth", () => {
    expect(() => groupOf(17)).toThrow(RangeError);
  });

  it("waits for one that loads, but not for ever", () => {
    const { group, players, run, status } = groupOf(2);
    group.play();
    (players[1] as Told).readiness = "buffering";
    run(1000);
    expect(status()).toMatchObject({ wall_ms: 1_000_000, holding: true });
    expect(players[0]?.motion).toBe("held");
    run(4000);
    expect(status().holding).toBe(false);
    expect(status().wall_ms).toBeGreaterThan(1_000_500);
  });

  it("runs on through one camera's gap while another has pictures", () => {
    const { group, players, run, skips, status } = groupOf(2, () => 9_999_999);
    (players[0] as Told).readiness = "gap";
    group.play();
    run(2000);
    expect(skips).toEqual([]);
    expect(status().wall_ms).toBeCloseTo(1_002_000, 3);
  });

  it("jumps where nobody has pictures, and tells", () => {
    const { group, players, run, skips, status } = groupOf(2, (_at, direction) => (direction === 1 ? 5_000_000 : 400_000));
    for (const player of players) player.readiness = "gap";
    group.play();
    run(1000);
    expect(skips).toHaveLength(1);
    expect(skips[0]?.to_ms).toBe(5_000_000);
    expect(status().wall_ms).toBeGreaterThanOrEqual(5_000_000);
    group.setRate(-8);
    run(1000);
    expect(status().wall_ms).toBeLessThanOrEqual(400_000);
  });

  it("stops at the end of all footage", () => {
    const { group, players, run, status } = groupOf(1);
    (players[0] as Told).readiness = "gap";
    group.play();
    run(1500);
    expect(status().playing).toBe(false);
  });

  it("steps by the leader's pictures, else by 40 ms", () => {
    const { group, players } = groupOf(2);
    const leader = players[1] as Told;
    group.tick();
    leader.frame_ms = 66.7;
    group.step(1, leader);
    expect(players[0]?.wall_ms).toBeCloseTo(1_000_066.7, 3);
    expect(players[0]?.motion).toBe("standing");
    leader.frame_ms = undefined;
    group.step(-2, leader);
    expect(players[0]?.wall_ms).toBeCloseTo(1_000_066.7 - 80, 3);
  });
});
