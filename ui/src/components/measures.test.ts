import { expect, it } from "vitest";

import { bitrateWords, bytesWords, offsetWords } from "./measures";

it("says figures as people read them", () => {
  expect([0, 999, 1500, 123_456_789, 4_000_000_000_000].map(bytesWords)).toEqual(["0 B", "999 B", "1.5 KB", "123 MB", "4.0 TB"]);
  expect([800_000, 4_012_345].map(bitrateWords)).toEqual(["800 kb/s", "4.01 Mb/s"]);
  expect([12, -900, 37_000, -7_200_000].map(offsetWords)).toEqual(["+12 ms", "-900 ms", "+37.0 s", "-120 min"]);
});
