import { describe, expect, it } from "vitest";
import { nextTick, reactive } from "vue";

import { Problem } from "../api/client";
import { useAttempts } from "./attempt";

describe("an attempt", () => {
  it("puts a refusal beside its field, and forgets it with the next try", async () => {
    const { attempt, busy, wrong, error } = useAttempts(() => ["reason"]);
    const refused = attempt(() => Promise.reject(new Problem(422, "invalid", "必须填写", "/reason")));
    expect(busy.value).toBe(true);
    expect(await refused).toBe(false);
    expect([busy.value, wrong.value, error.value]).toEqual([false, { reason: "必须填写" }, null]);
    expect(await attempt(() => Promise.resolve())).toBe(true);
    expect(wrong.value).toEqual({});
  });

  it("keeps what names no field, and says when somebody else saved meanwhile", async () => {
    const { attempt, changed, error, wrong } = useAttempts(() => ["reason"]);
    const problem = new Problem(412, "changed_meanwhile", "x");
    await attempt(() => Promise.reject(problem));
    expect([wrong.value, error.value, changed.value]).toEqual([{}, problem, true]);
  });

  it("asks for what is missing", () => {
    const { missing, wrong } = useAttempts();
    expect(missing([])).toBe(false);
    expect(missing(["system", "reason"])).toBe(true);
    expect(Object.keys(wrong.value)).toEqual(["system", "reason"]);
  });

  it("takes back what was said of a value once that is changed", async () => {
    const values = reactive({ system: "", reason: "" });
    const { missing, wrong } = useAttempts(() => Object.keys(values), values);
    missing(["system", "reason"]);
    values.system = "mall";
    await nextTick();
    expect(Object.keys(wrong.value)).toEqual(["reason"]);
  });
});
