import { describe, expect, it } from "vitest";

import { fitted } from "./pictures";
import { grouped, keyTyped, numberTyped } from "./receipt";

describe("a receipt", () => {
  it("is read back as it was written down", () => {
    expect(grouped("123456789012")).toBe("1234 5678 9012");
    expect(keyTyped(grouped("123456789012"))).toBe("123456789012");
    expect(numberTyped(" jb 7k3l-o9qx２t ")).toBe("JB7K3109QX2T");
  });
});

describe("a picture", () => {
  it("fits, keeps its proportions and is never made larger", () => {
    expect(fitted(4000, 3000)).toEqual({ width: 2560, height: 1920 });
    expect(fitted(300, 9000)).toEqual({ width: 85, height: 2560 });
    expect(fitted(64, 48)).toEqual({ width: 64, height: 48 });
    expect(fitted(1, 100_000)).toEqual({ width: 1, height: 2560 });
  });
});
