import { describe, expect, it } from "vitest";

import { Problem } from "../api/client";
import { firstStep, formErrors } from "./form_errors";

describe("errors of a form", () => {
  it("go beside every field the server named, however deep the pointer", () => {
    const errors = [
      { field: "/name", detail: "必须填写" }, { field: "/position/lat", detail: "格式不正确" }, { field: "/position/lon", detail: "必须填写" },
    ];
    const problem = new Problem(422, "invalid", "必须填写", "/name", null, errors);
    expect(formErrors(problem, ["name", "position"])).toEqual({
      fields: { name: "必须填写", position: "格式不正确 必须填写" }, rest: null, changed: false,
    });
  });

  it("go to the head when they name no field of the form", () => {
    const problem = new Problem(422, "invalid", "x", null, null, [{ field: "/elsewhere", detail: "x" }]);
    expect(formErrors(problem, ["name"])).toEqual({ fields: {}, rest: problem, changed: false });
    const lost = new Error("lost");
    expect(formErrors(lost, ["name"]).rest).toBe(lost);
  });

  it("take the single field of a refusal, with its remedy", () => {
    expect(formErrors(new Problem(422, "invalid", "不存在", "division", "请另选"), ["division"]).fields).toEqual({ division: "不存在 请另选" });
  });

  it("know that somebody else was first", () => {
    expect(formErrors(new Problem(412, "changed_meanwhile", "x"), ["name"]).changed).toBe(true);
  });

  it("read pointers as RFC 6901 has them", () => {
    expect(firstStep("/a~1b~0c/0")).toBe("a/b~c");
    expect(firstStep("")).toBe("");
  });
});
