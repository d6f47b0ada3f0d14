import { describe, expect, it } from "vitest";

import { bodyOf, changesOf, emptyForm } from "./request_form";

const items = [{ camera: "gate", name: "北门", from_ms: 0, to_ms: 60_000 }];

describe("a request's form", () => {
  it("asks nothing before it can be asked, and nothing of another way", () => {
    const form = { ...emptyForm(), way: "public_security" as const, organisation: "station", purpose: "查找嫌疑人", person_name: "张三", relation: "self" as const, form: "copy" as const };
    expect(bodyOf({ ...form, way: "" }, items)).toBeNull();
    expect(bodyOf(form, [])).toBeNull();
    expect(bodyOf(form, [{ ...items[0]!, to_ms: 0 }])).toBeNull();
    expect(bodyOf(form, items)).toMatchObject({ person_name: "", relation: "", form: "copy", spans: [{ camera: "gate", from_s: 0, to_s: 60 }] });
    expect(bodyOf({ ...form, way: "person_concerned" }, items)).toBeNull();
    expect(bodyOf({ ...form, way: "person_concerned", person_number: "370202" }, items)).toMatchObject({ form: "view", relation: "self", case: "" });
  });

  it("leaves files alone that were not handed in anew", () => {
    const form = { ...emptyForm(), way: "department" as const, purpose: "核查", own_approval_file: "f1" };
    expect(changesOf(form, items)).toMatchObject({ own_approval_file: "f1" });
    expect(changesOf({ ...form, own_approval_file: "" }, items)).not.toHaveProperty("own_approval_file");
  });
});
