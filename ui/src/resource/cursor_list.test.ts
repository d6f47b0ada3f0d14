import { describe, expect, it } from "vitest";

import { CursorReader, EMPTY_LIST, type CursorList, type Page } from "./cursor_list";

function reader(): { read: CursorReader<string>; now: () => CursorList<string> } {
  let state: CursorList<string> = EMPTY_LIST;
  return { read: new CursorReader<string>((next) => (state = next)), now: () => state };
}

function later(): { page: Promise<Page<string>>; answer: (page: Page<string>) => void } {
  let answer: (page: Page<string>) => void = () => undefined;
  return { page: new Promise((resolve) => (answer = resolve)), answer: (page) => answer(page) };
}

describe("a list by cursor", () => {
  it("appends pages until there is none", async () => {
    const { read, now } = reader();
    const asked: (string | null)[] = [];
    const pages = async (cursor: string | null): Promise<Page<string>> => {
      asked.push(cursor);
      return cursor === null ? { items: ["a"], next: "c1" } : { items: ["b"], next: null };
    };
    await read.read(pages);
    await read.more(pages);
    await read.more(pages);
    expect(now().rows).toEqual(["a", "b"]);
    expect(asked).toEqual([null, "c1"]);
  });

  it("never shows the answer to an earlier question after a later one", async () => {
    const { read, now } = reader();
    const slow = later();
    const first = read.read(() => slow.page);
    await read.read(async () => ({ items: ["new"], next: null }));
    slow.answer({ items: ["old"], next: null });
    await first;
    expect(now().rows).toEqual(["new"]);
  });

  it("keeps what it had when a page fails, and says so", async () => {
    const { read, now } = reader();
    await read.read(async () => ({ items: ["a"], next: "c1" }));
    const failure = new Error("away");
    await read.more(() => Promise.reject(failure));
    expect(now()).toMatchObject({ rows: ["a"], next: "c1", error: failure, loading: false });
  });
});
