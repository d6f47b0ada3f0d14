/** The calls of the filings' screens. */
import { http, request } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type FilingRow = Schemas["FilingOut"];
export type Filing = Schemas["FilingFullOut"];
export type Deadline = Schemas["DeadlineOut"];
export type NewFiling = Partial<Schemas["DraftIn"]> & Pick<Schemas["DraftIn"], "system" | "kind">;
export type EnteredFiling = Partial<Schemas["EnterIn"]> & Pick<Schemas["EnterIn"], "system" | "kind" | "channel" | "received" | "scan">;

const path = (id: string): string => `filings/${encodeURIComponent(id)}`;

/** A step of an object: POST with what we have seen of it. */
export async function act<T>(where: string, body: unknown, version: number): Promise<T> {
  return (await (await request("POST", `/api/v1/${where}`, { body, version })).json()) as T;
}

export const filingsApi = {
  get: (id: string): Promise<Filing> => http.get(path(id)),
  ofSystem: async (system: string): Promise<readonly FilingRow[]> => (await http.get<{ items: readonly FilingRow[] }>("filings", { system, limit: 50 })).items,
  deadlines: (cursor: string | null, limit: number): Promise<Schemas["DeadlinePage"]> => http.get("filing-deadlines", { cursor, limit }),
  draft: (body: NewFiling, once: string): Promise<Filing> => http.create("filings", body, once),
  enter: (body: EnteredFiling, once: string): Promise<Filing> => http.create("filings/entered", body, once),
  change: (filing: Filing, body: unknown): Promise<Filing> => http.patch(path(filing.id), body, filing.version),
  act: (filing: Filing, what: string, body: unknown = {}): Promise<Filing> => act(`${path(filing.id)}/${what}`, body, filing.version),
  verify: (filing: Filing, observed: Readonly<Record<string, string>>, note: string): Promise<Record<string, unknown>> =>
    act(`${path(filing.id)}/verify`, { observed, note }, filing.version),
  paper: (filing: Filing, id: string): string => `/api/v1/${path(filing.id)}/papers/${encodeURIComponent(id)}.pdf`,
};
