import { describe, expect, it } from "vitest";

import { en } from "./en";
import { language, pick, t, tOr } from "./index";
import { zh } from "./zh";

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string).sort();

describe("dictionaries", () => {
  it("have the same keys and the same blanks to fill", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect(holes(en[key]), key).toEqual(holes(zh[key]));
  });

  it("choose a form only by a blank that there is", () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      for (const match of en[key].matchAll(/\{(\w+)\|/g)) expect(holes(zh[key]), key).toContain(match[1]);
    }
  });

  it("leave nothing untranslated", () => {
    const han = /[\u4e00-\u9fff]/;
    const same = new Set(["role.bound", "cameras.transport.udp", "kind.because", "calendar.title", "common.list", "common.colon", "common.aside"]);
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(en[key], key).not.toMatch(han);
      if (!same.has(key)) expect(zh[key], key).toMatch(han);
    }
  });

  it("fills blanks and changes language", () => {
    language.value = "en";
    expect(t("tile.latency", { ms: 120 })).toBe("120 ms behind");
    expect(t("cameras.days", { n: 1 })).toBe("1 day");
    expect(t("cameras.days", { n: "30" })).toBe("30 days");
    expect(pick({ zh: "甲", en: "a" })).toBe("a");
    language.value = "zh";
    expect(t("tile.latency", { ms: 120 })).toBe("延迟 120 毫秒");
    expect(tOr("reason.network", "x")).toBe("网络中断");
    expect(tOr("reason.of_the_future", "别的")).toBe("别的");
  });
});
