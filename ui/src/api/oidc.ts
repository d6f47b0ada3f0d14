/** The identity provider: there and back, and which identity signs in whom. */
import { http } from "./client";
import type { Me } from "./types";

export interface Provider {
  readonly configured: boolean;
  readonly name: string;
}

export interface LinkedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly by_rule: boolean;
  readonly linked_at: string;
  readonly last_used_at: string | null;
}

/** An identity that was refused lately because it is nobody's. */
export interface Stranger {
  readonly subject: string;
  readonly names: Readonly<Record<string, string>>;
  readonly at: string;
}

export interface OwnIdentity extends Provider {
  readonly linked: LinkedIdentity | null;
}

export interface UserIdentity extends OwnIdentity {
  readonly strangers: readonly Stranger[];
}

/** What the provider wrote into the address it sent the browser back to. */
export interface ProviderAnswer {
  readonly state: string;
  readonly code?: string;
  readonly iss?: string;
  readonly error?: string;
}

const ofUser = (user: string): string => `users/${encodeURIComponent(user)}/identity`;

export const oidc = {
  provider: (): Promise<Provider> => http.get("auth/oidc"),
  begin: async (): Promise<string> => (await http.post<{ address: string }>("auth/oidc/begin")).address,
  finish: (answer: ProviderAnswer): Promise<Me> => http.post("auth/oidc", answer),
  finishByCode: (code: string): Promise<Me> => http.post("auth/oidc/code", { code }),
  leave: async (): Promise<string | null> => (await http.post<{ address: string | null }>("auth/oidc/logout")).address,
  own: (): Promise<OwnIdentity> => http.get("me/identity"),
  ofUser: (user: string): Promise<UserIdentity> => http.get(ofUser(user)),
  link: (user: string, subject: string): Promise<LinkedIdentity> => http.post(ofUser(user), { subject }),
  unlink: (user: string, reason: string): Promise<void> => http.post(`${ofUser(user)}/unlink`, { reason }),
};

/** The answer in the query of the address; null when it is none. */
export function answerIn(query: Readonly<Record<string, unknown>>): ProviderAnswer | null {
  const text = (key: string): string | undefined => (typeof query[key] === "string" ? query[key] : undefined);
  const [state, code, iss, error] = [text("state"), text("code"), text("iss"), text("error")];
  if (state === undefined || (code === undefined && error === undefined)) return null;
  return { state, ...(code !== undefined && { code }), ...(iss !== undefined && { iss }), ...(error !== undefined && { error }) };
}
