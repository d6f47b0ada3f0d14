/** Inspection leads and their judging. */
import type { Page } from "../resource/cursor_list";
import { http, type Query } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Lead = Schemas["LeadOut"];
export type LeadFacts = Schemas["JudgeIn"];
export type Deed = Schemas["DeedIn"];
export type Acts = Schemas["ActsOut"];
export type StoredPicture = Schemas["FileOut"];
interface Pair { readonly zh: string; readonly en: string }
export interface PenaltyRow {
  readonly clause: string;
  readonly pack: string;
  readonly printed: Pair;
  readonly measure: Pair;
  readonly fine_yuan: readonly [number, number] | null;
  readonly order_first: boolean;
}
export interface LeadJudgement {
  readonly number: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly shown: {
    readonly at_act: readonly PenaltyRow[];
    readonly at_decision: readonly PenaltyRow[];
    readonly prevailing: PenaltyRow | null;
    readonly conflicts: readonly Pair[];
    readonly undetermined: boolean;
    readonly coordination_task: boolean;
    readonly statement: Pair;
  };
  readonly by: string;
  readonly at: string;
  readonly lead_version: number;
}

const id = encodeURIComponent;

export const leadCalls = {
  list: (query: Query, signal: AbortSignal): Promise<Page<Lead>> => http.get("leads", query, signal),
  get: (one: string): Promise<Lead> => http.get(`leads/${id(one)}`),
  acts: (): Promise<Acts> => http.get("leads/acts"),
  record: (deed: Deed, once: string): Promise<Lead> => http.create("leads", deed, once),
  take: (lead: Lead): Promise<Lead> => http.act(`leads/${id(lead.id)}/take`, {}, lead.version),
  close: (lead: Lead, body: Schemas["CloseIn"]): Promise<Lead> => http.act(`leads/${id(lead.id)}/close`, body, lead.version),
  judge: (lead: Lead, facts: LeadFacts): Promise<LeadJudgement> => http.act(`leads/${id(lead.id)}/judge`, facts, lead.version),
  judgements: (one: string): Promise<readonly LeadJudgement[]> => http.get(`leads/${id(one)}/judgements`),
  pictures: async (one: string): Promise<readonly StoredPicture[]> =>
    (await http.get<{ items: readonly StoredPicture[] }>("files", { kind: "lead", subject: one })).items.filter((file) => file.media_type.startsWith("image/")),
  addPicture: (one: string, picture: Blob): Promise<StoredPicture> => http.upload("files", picture, { kind: "lead", subject: one, part: "site", name: "site.jpg" }),
};
