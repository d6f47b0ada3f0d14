import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { follow } from "./follow";

describe("what is followed", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is read again while it changes, waits while the page is hidden, and ends with the screen", async () => {
    let now = 0, hidden = false, pause: number | null = 100;
    const taken: number[] = [];
    const { load, stop } = follow({ read: () => Promise.resolve(++now), take: (value) => void taken.push(value), again_ms: () => pause }, () => hidden);
    await load();
    await vi.advanceTimersByTimeAsync(100);
    expect(taken).toEqual([1, 2]);
    hidden = true;
    await vi.advanceTimersByTimeAsync(500);
    expect(taken).toEqual([1, 2]);
    hidden = false;
    await vi.advanceTimersByTimeAsync(100);
    expect(taken).toEqual([1, 2, 3]);
    pause = null;
    await vi.advanceTimersByTimeAsync(1000);
    expect(taken).toEqual([1, 2, 3, 4]);
    await load();
    stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(taken).toEqual([1, 2, 3, 4, 5]);
  });

  it("drops the answer to an older question, and goes on after a failure", async () => {
    const answers: ((value: string) => void)[] = [];
    const taken: string[] = [];
    const { load, error, stop } = follow<string>({ read: () => new Promise((resolve) => void answers.push(resolve)), take: (value) => void taken.push(value), again_ms: () => null }, () => false);
    const first = load(), second = load();
    answers[1]?.("new");
    answers[0]?.("old");
    await Promise.all([first, second]);
    expect(taken).toEqual(["new"]);
    stop();
    const lost = follow({ read: () => Promise.reject(new Error("lost")), take: () => undefined, again_ms: () => null }, () => false);
    await lost.load();
    expect((lost.error.value as Error).message).toBe("lost");
    expect(error.value).toBeNull();
  });
});
