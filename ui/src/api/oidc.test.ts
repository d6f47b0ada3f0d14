import { expect, test } from "vitest";

import { answerIn } from "./oidc";

test("a code or an error with its state is an answer, and only what the server takes goes on", () => {
  expect(answerIn({ state: "s", code: "c", iss: "https://id", session_state: "x" })).toEqual({ state: "s", code: "c", iss: "https://id" });
  expect(answerIn({ state: "s", error: "access_denied", error_description: "no" })).toEqual({ state: "s", error: "access_denied" });
});

test("what lacks state, or both, is none", () => {
  for (const query of [{}, { code: "c" }, { state: "s" }, { state: ["s", "t"], code: "c" }]) expect(answerIn(query)).toBeNull();
});
