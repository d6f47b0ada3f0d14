/** Imports: uploads that become previews, applied as a whole, undone object by object. */
import { http, request } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Import = Schemas["ImportOut"];
export type ImportRow = Schemas["ImportRowOut"];
export type ImportKind = "cameras" | "devices" | "channels" | "memberships" | "places" | "systems" | "organisations";
export const KINDS: readonly ImportKind[] = ["cameras", "devices", "channels", "memberships", "places", "systems", "organisations"];
export type RowFilter = "" | "new" | "changed" | "same" | "refused" | "noted" | "left";

export interface CatalogueOptions {
  readonly organisation: string;
  readonly division: string;
  readonly datum: string;
}

/** The body is the file itself. */
export async function uploadImport(kind: ImportKind, file: File, options: CatalogueOptions): Promise<Import> {
  return http.upload<Import>("imports", file, { kind, name: file.name, ...options });
}

export const imports = {
  list: () => http.get<Schemas["ImportPage"]>("imports", { limit: 20 }),
  get: (id: string) => http.get<Import>(`imports/${id}`),
  rows: (id: string, change: RowFilter, cursor: string | null) =>
    http.get<Schemas["ImportRowPage"]>(`imports/${id}/rows`, { change, cursor, limit: 100 }),
  apply: (one: Import) => step(one, "apply"),
  drop: (one: Import) => step(one, "drop"),
  undo: (one: Import, reason: string) => step(one, "undo", { reason }),
};

async function step(one: Import, verb: string, body: unknown = {}): Promise<Import> {
  const answer = await request("POST", `/api/v1/imports/${one.id}/${verb}`, { body, version: one.version });
  return (await answer.json()) as Import;
}

/** Whether a job is at it: the page asks again until it is over. */
export function atWork(one: Import): boolean {
  return one.state === "reading" || one.state === "applying" || one.state === "undoing";
}

/** How far, in percent; null where nobody can say. */
export function percent(one: Import): number | null {
  return one.total > 0 ? Math.min(100, Math.floor((one.done * 100) / one.total)) : null;
}

/** Why it cannot be applied: rows with problems, nothing to do, or null when it can. */
export function hindrance(one: Import): "refused" | "nothing" | null {
  if (one.rows_refused > 0) return "refused";
  return one.rows_new + one.rows_changed === 0 ? "nothing" : null;
}
