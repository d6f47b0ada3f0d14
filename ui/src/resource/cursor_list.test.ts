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

  it("asks on while the server looks through its rows part by part, and shows each part", async () => {
    const { read, now } = reader();
    const parts: Record<string, Page<string>> = {
      "": { items: [], next: "c1", searched_to: "2026-03" }, c1: { items: ["a"], next: "c2", searched_to: "2026-02" }, c2: { items: ["b"], next: null, searched_to: null },
    };
    const seen: string[] = [];
    await read.read(async (cursor) => {
      if (cursor !== null) seen.push(`${now().rows.length} back to ${now().searched_to}, ${now().loading ? "searching" : "done"}`);
      return parts[cursor ?? ""]!;
    });
    expect(seen).toEqual(["0 back to 2026-03, searching", "1 back to 2026-02, searching"]);
    expect(now()).toMatchObject({ rows: ["a", "b"], next: null, loading: false, searched_to: null });
  });

  it("stops a search with what it has when it is enough, or when told, and goes on from there", async () => {
    let state: CursorList<string> = EMPTY_LIST;
    const read = new CursorReader<string>((next) => (state = next), 2);
    const part = async (cursor: string | null): Promise<Page<string>> => ({ items: ["x"], next: `${cursor ?? ""}c`, searched_to: "2026" });
    await read.read(part);
    expect(state).toMatchObject({ rows: ["x", "x"], next: "cc", loading: false, searched_to: "2026" });
    const slow = later();
    const more = read.more(() => slow.page);
    read.pause();
    slow.answer({ items: ["late"], next: null });
    await more;
    expect(state).toMatchObject({ rows: ["x", "x"], next: "cc", loading: false, searched_to: "2026" });
    await read.more(part);
    expect(state.rows).toHaveLength(4);
  });
});
