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

  it("leave nothing untranslated", () => {
    const han = /[\u4e00-\u9fff]/;
    const same = new Set(["role.bound", "cameras.transport.udp", "kind.because", "calendar.title", "common.list", "common.colon"]);
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(en[key], key).not.toMatch(han);
      if (!same.has(key)) expect(zh[key], key).toMatch(han);
    }
  });

  it("fills blanks and changes language", () => {
    language.value = "en";
    expect(t("tile.latency", { ms: 120 })).toBe("120 ms behind");
    expect(pick({ zh: "甲", en: "a" })).toBe("a");
    language.value = "zh";
    expect(t("tile.latency", { ms: 120 })).toBe("延迟 120 毫秒");
    expect(tOr("reason.network", "x")).toBe("网络中断");
    expect(tOr("reason.of_the_future", "别的")).toBe("别的");
  });
});
