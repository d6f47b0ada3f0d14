/** API tokens: one's own. */
import { http } from "./client";
import type { components } from "./schema.gen";

export type Token = components["schemas"]["TokenOut"];
export type NewToken = components["schemas"]["TokenIn"];

export const tokens = {
  list: (): Promise<readonly Token[]> => http.get("me/tokens"),
  scopes: (): Promise<readonly components["schemas"]["ScopeOut"][]> => http.get("me/tokens/scopes"),
  create: (body: NewToken): Promise<components["schemas"]["TokenMadeOut"]> => http.post("me/tokens", body),
  revoke: (id: string): Promise<Token> => http.post(`me/tokens/${encodeURIComponent(id)}/revoke`),
};

/** `active`, `expired` or `revoked`. */
export function standingOf(token: Pick<Token, "expires_at" | "revoked_at">, now_ms: number): "active" | "expired" | "revoked" {
  if (token.revoked_at) return "revoked";
  return Date.parse(token.expires_at) > now_ms ? "active" : "expired";
}
