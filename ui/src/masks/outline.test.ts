import { describe, expect, it } from "vitest";

import { added, area, corner, crossesItself, faultOf, MOST_CORNERS, moved, pointsText, without, type Outline } from "./outline";

const square: Outline = [[0, 0], [1, 0], [1, 1], [0, 1]];

describe("an outline", () => {
  it("keeps its corners inside the picture, in ten-thousandths", () => {
    expect(corner(-0.2, 1.7)).toEqual([0, 1]);
    expect(corner(0.123456, 0.5)).toEqual([0.1235, 0.5]);
  });
  it("can be kept once it covers an area and does not cross itself", () => {
    expect(faultOf(square)).toBeNull();
    expect(area(square)).toBe(1);
    expect(faultOf(square.slice(0, 2))).toBe("few");
    expect(faultOf([[0, 0], [1, 1], [1, 0], [0, 1]])).toBe("crosses");
    expect(faultOf([[0, 0], [0.5, 0.5], [1, 1]])).toBe("flat");
    expect(crossesItself([[0, 0], [1, 0], [0.5, 0.5], [1, 1], [0, 1]])).toBe(false);
  });
  it("changes by a corner at a time and never has too many", () => {
    expect(moved(square, 1, [0.9, 0.1])[1]).toEqual([0.9, 0.1]);
    expect(without(square, 0)).toHaveLength(3);
    let many: Outline = [];
    for (let count = 0; count < MOST_CORNERS + 5; count++) many = added(many, [count / 100, 0]);
    expect(many).toHaveLength(MOST_CORNERS);
    expect(pointsText(square)).toBe("0,0 1,0 1,1 0,1");
  });
});
