import { describe, expect, it } from "vitest";

import { bufferedEndAt, nextBufferedStart, SourceQueue } from "./source_queue";
import { FakeRanges, FakeSourceBuffer } from "./testing";

function queueOf(buffer: FakeSourceBuffer): { queue: SourceQueue; failures: unknown[] } {
  const failures: unknown[] = [];
  return { queue: new SourceQueue(buffer, () => undefined, (error) => failures.push(error)), failures };
}

describe("SourceQueue", () => {
  it("does one thing at a time, in order", () => {
    const buffer = new FakeSourceBuffer();
    const { queue, failures } = queueOf(buffer);
    queue.append(new Uint8Array(10));
    queue.offset(3);
    queue.append(new Uint8Array(20));
    queue.changeType("video/mp4");
    queue.remove(0, 5);
    expect(buffer.log).toEqual(["append 10"]);
    buffer.finish();
    buffer.finish();
    buffer.finish();
    expect(buffer.log).toEqual(["append 10", "offset 3", "append 20", "type video/mp4", "remove 0 5"]);
    expect(failures).toEqual([]);
    expect(queue.idle).toBe(true);
  });

  it("joins live fragments that waited, but never across an offset", () => {
    const buffer = new FakeSourceBuffer();
    const { queue } = queueOf(buffer);
    const done: number[] = [];
    queue.append(new Uint8Array(1));
    queue.append(new Uint8Array([1, 2]), { joinable: true, done: () => done.push(1) });
    queue.append(new Uint8Array([3]), { joinable: true, done: () => done.push(2) });
    queue.offset(9);
    queue.append(new Uint8Array([4]), { joinable: true });
    buffer.finish();
    expect(buffer.appended[1]).toEqual(new Uint8Array([1, 2, 3]));
    expect(done).toEqual([]);
    buffer.finish();
    expect(done).toEqual([1, 2]);
    expect(buffer.log).toEqual(["append 1", "append 3", "offset 9", "append 1"]);
  });

  it("tells a refusal and touches nothing after stop", () => {
    const buffer = new FakeSourceBuffer();
    const { queue, failures } = queueOf(buffer);
    buffer.appendBuffer = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    queue.append(new Uint8Array(1));
    expect(failures).toHaveLength(1);
    queue.stop();
    queue.offset(1);
    expect(buffer.log).toEqual([]);
  });

  it("finds ranges", () => {
    const ranges = new FakeRanges([[1, 2], [5, 8]]);
    expect(bufferedEndAt(ranges, 1.5)).toBe(2);
    expect(bufferedEndAt(ranges, 2)).toBeUndefined();
    expect(bufferedEndAt(ranges, 4.96)).toBe(8);
    expect(nextBufferedStart(ranges, 2)).toBe(5);
    expect(nextBufferedStart(ranges, 8)).toBeUndefined();
  });
});
