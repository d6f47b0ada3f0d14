/** Retrievals, emergencies, holds: what is asked of them and answered. Spans are whole seconds since 1970 (UTC). */
import type { Page } from "../resource/cursor_list";
import { http, type Query } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
interface Pair { readonly zh: string; readonly en: string }
export type Way = "public_security" | "department" | "other_organ" | "person_concerned" | "emergency";
export type NewRequest = Schemas["RequestIn"];
export type Body = Schemas["BodyOut"];
export type Hold = Schemas["HoldOut"];

export interface Span { readonly camera: string; readonly from_s: number; readonly to_s: number }
export interface Extent extends Span { readonly camera_name: string }
export interface Judgement {
  readonly verdict: string;
  readonly clauses: readonly { readonly key: string; readonly pack: string; readonly label: string; readonly certain: boolean; readonly printed: Pair }[];
  readonly reason: Pair;
  readonly remedy: Pair | null;
}
export interface Check { readonly judgements: readonly Judgement[]; readonly missing: readonly Judgement[]; readonly holder: string | null; readonly holder_name: string | null }
export interface Executor {
  readonly user: string | null; readonly name: string; readonly number_end: string; readonly visitor: boolean; readonly confirmed_s: number | null; readonly undertaken_s: number | null;
}
export interface Step {
  readonly number: number; readonly event: string; readonly before: string; readonly after: string; readonly by: string; readonly unit: string; readonly at_s: number;
  readonly reason: string; readonly judgement: Judgement | null; readonly leaf: string;
}
export interface Package {
  readonly id: string; readonly state: "wanted" | "making" | "ready" | "failed" | "cancelled"; readonly done_bytes: number; readonly total_bytes: number; readonly sha256: string;
  readonly problem: string; readonly problem_code: string; readonly wanted_by: string; readonly wanted_s: number; readonly ready_s: number | null;
  readonly taken?: readonly { readonly by: string; readonly at_s: number }[];
  /** Clips under privacy masks: what they cover is in it in films only. */
  readonly masked: readonly { readonly camera: string; readonly name: string; readonly from_s: number; readonly to_s: number; readonly masks: number }[];
}
export type OpenEmergency = Schemas["OpenEmergencyOut"];
export type PlayerCopy = Schemas["PlayerCopyOut"];
export interface Brief {
  readonly id: string; readonly way: Way; readonly state: string; readonly state_label: string; readonly case: string; readonly purpose: string; readonly form: "view" | "copy" | "take";
  readonly requester_name: string; readonly organisation: string; readonly organisation_name: string; readonly holder: string | null; readonly holder_name: string | null;
  readonly expires_s: number | null; readonly event_kind: string; readonly version: number;
}
export interface Retrieval extends Brief {
  readonly events: readonly string[]; readonly requester: string; readonly legal_basis: string; readonly duty: string; readonly asked: readonly Extent[]; readonly granted: readonly Extent[];
  readonly approver_name: string; readonly closes_s: number | null; readonly decide_by_s: number | null; readonly decide_policy: string; readonly coordinated_by: string; readonly executors: readonly Executor[];
  readonly papers: readonly string[]; readonly registered_s: number | null; readonly handed: readonly { readonly name: string; readonly size_bytes: number; readonly algorithm: string; readonly digest: string }[];
  readonly authority: string; readonly area: object | null; readonly confirmed: boolean; readonly history: readonly Step[]; readonly attachments: readonly Schemas["AttachmentOut"][];
  readonly relation: string; readonly protects: string; readonly supervisor_name: string | null; readonly attested: readonly string[];
  readonly packages?: readonly Package[];
}

const id = encodeURIComponent;
const step = <T = Retrieval>(row: { readonly id: string; readonly version: number }, verb: string, body: unknown = {}, under = "retrievals"): Promise<T> =>
  http.act<T>(`${under}/${id(row.id)}/${verb}`, body, row.version);

export const retrievals = {
  bodies: (): Promise<readonly Body[]> => http.get("retrievals/bodies"),
  check: (body: NewRequest, signal?: AbortSignal): Promise<Check> => http.ask("retrievals/check", body, signal),
  propose: (body: Schemas["SoughtIn"]): Promise<Schemas["ProposalOut"]> => http.ask("retrievals/cameras", body),
  list: (query: Query, signal: AbortSignal): Promise<Page<Brief>> => http.get("retrievals", query, signal),
  get: (one: string): Promise<Retrieval> => http.get(`retrievals/${id(one)}`),
  judgements: (one: string): Promise<readonly Judgement[]> => http.get(`retrievals/${id(one)}/judgements`),
  draft: (body: NewRequest, once: string): Promise<Retrieval> => http.create("retrievals", body, once),
  change: (row: Retrieval, body: Partial<NewRequest>): Promise<Retrieval> => http.patch(`retrievals/${id(row.id)}`, body, row.version),
  step,
  package: (one: string, made: string): string => `/api/v1/retrievals/${id(one)}/packages/${id(made)}/content`,
  cancelPackage: (row: Retrieval, one: Package): Promise<unknown> => http.post(`retrievals/${id(row.id)}/packages/${id(one.id)}/cancel`),
  orderPackage: (row: Retrieval): Promise<unknown> => http.act(`retrievals/${id(row.id)}/packages`, {}, row.version),
  copies: (one: string): Promise<readonly PlayerCopy[]> => http.get(`retrievals/${id(one)}/copies`),
  orderCopies: (one: string, made: string): Promise<readonly PlayerCopy[]> => http.post(`retrievals/${id(one)}/packages/${id(made)}/copies`),
  cancelCopy: (one: string, copy: string): Promise<readonly PlayerCopy[]> => http.post(`retrievals/${id(one)}/copies/${id(copy)}/cancel`),
  copy: (one: string, copy: string): string => `/api/v1/retrievals/${id(one)}/copies/${id(copy)}/content`,
  document: (one: string, kind: string): string => `/api/v1/retrievals/${id(one)}/documents/${kind}.pdf`,
  attachment: (one: string, part: string): string => `/api/v1/retrievals/${id(one)}/attachments/${part}`,
  upload: (file: File, organisation: string, part: string): Promise<Schemas["FileOut"]> =>
    http.upload("files", file, { kind: "retrieval", organisation, part, name: file.name }),

  declare: (body: Schemas["DeclarationIn"], once: string): Promise<Retrieval> => http.create("emergencies", body, once),
  /** Those that are open for cameras of one's own unit; nothing of who declared them and why. */
  openEmergencies: (signal?: AbortSignal): Promise<readonly OpenEmergency[]> => http.get("emergencies/open", {}, signal),
  confirm: (row: Brief, code: string): Promise<Retrieval> => step(row, "confirm", { code }, "emergencies"),
  end: (row: Brief, reason: string): Promise<Retrieval> => step(row, "end", { reason }, "emergencies"),
  report: (row: Brief, reason: string): Promise<Retrieval> => step(row, "report", { reason }, "emergencies"),

  holds: (released: boolean, cursor: string | null, signal: AbortSignal): Promise<Page<Hold>> => http.get("holds", { released, cursor, limit: 50 }, signal),
  hold: (body: Schemas["HoldIn"], once: string): Promise<Hold> => http.create("holds", body, once),
  release: (row: Hold, reason: string): Promise<Hold> => step(row, "release", { reason }, "holds"),
};
