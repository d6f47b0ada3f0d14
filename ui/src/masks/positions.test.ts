import { expect, test } from "vitest";

import type { Mask, Position } from "../api/masks";
import { hasMasks, presetKey, presetsOf, standing } from "./positions";

const masks = ["大门", "", "大 门", "Yard"].map((preset) => ({ preset }) as Mask);
const position = (ended_at: string | null): Position => ({ ended_at }) as Position;

test("presets are told apart as the server does", () => {
  expect(presetKey("Ｇate\u200b 1")).toBe(presetKey("gate1"));
  expect(presetsOf(masks)).toEqual(["大门", "Yard"]);
  expect(hasMasks(masks, "yard ")).toBe(true);
  expect(hasMasks(masks, "")).toBe(false);
  expect(hasMasks(masks, "后院")).toBe(false);
});

test("only the newest statement speaks of the present, and only while it lasts", () => {
  expect(standing([])).toBeNull();
  expect(standing([position("2027-01-01T00:00:00Z"), position(null)])).toBeNull();
  expect(standing([position(null)])?.ended_at).toBeNull();
});
