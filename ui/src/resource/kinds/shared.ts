/** What the kinds of objects share: lists of choices from the server, judgements as sent, history from the record. */
import { http, Problem, type Query } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { pick, t, tOr, type Key } from "../../i18n";
import { may } from "../../state/session";
import type { Page } from "../cursor_list";
import type { Choice, HistoryEntry, Judged } from "../resource";

export type Schemas = components["schemas"];

export function lister<Row>(path: string): (query: Query, cursor: string | null, signal: AbortSignal) => Promise<Page<Row>> {
  return (query, cursor, signal) => http.get<Page<Row>>(path, { ...query, cursor, limit: 50 }, signal);
}

/** The first fitting objects of a list, for a field or a filter that searches as one types. */
export function finder(path: string): (text?: string) => Promise<readonly Choice[]> {
  return async (text = "") => {
    const page = await http.get<Page<{ id: string; name: string }>>(path, { text, limit: 50 });
    return page.items.map((one) => ({ value: one.id, label: one.name }));
  };
}

/** The words for one object of a list, by its id. */
export function namer(path: string): (value: string) => Promise<Choice> {
  return async (value) => ({ value, label: (await http.get<{ name: string }>(`${path}/${encodeURIComponent(value)}`)).name });
}

/** A field that is answered by yes or no, and may stay unanswered. */
export const YES_NO = (): readonly Choice[] => [{ value: "true", label: t("common.yes") }, { value: "false", label: t("common.no") }];

export const findDivisions = finder("divisions");
export const findOrganisations = finder("organisations");

export function words(prefix: string, values: readonly string[]): readonly Choice[] {
  return values.map((value) => ({ value, label: tOr(`${prefix}.${value}`, value) }));
}

export function yesNo(value: boolean | null): string {
  return value === null ? "" : t(value ? "common.yes" : "common.no");
}

export function span(since: string, until: string): string {
  return until === "" ? t("resource.since", { day: since || "—" }) : `${since || "—"} – ${until}`;
}

interface Both { readonly zh: string; readonly en: string }
/** With sentences in the reader's language beside, or as the rules keep it (Judgement.document), in both languages. */
interface SentJudgement {
  readonly verdict?: unknown;
  readonly clauses?: unknown;
  readonly cited?: unknown;
  readonly said?: unknown;
  readonly remedy_said?: unknown;
  readonly reason?: unknown;
  readonly remedy?: unknown;
}

/** A judgement as the API sends it (rules.judgement, with its sentences beside). */
export function judged(title: string, sent: SentJudgement, lines: readonly string[] = []): Judged {
  const printed = Array.isArray(sent.cited) ? (sent.cited as string[]) : [];
  const clauses = Array.isArray(sent.clauses) ? (sent.clauses as { key: string; certain: boolean; printed?: Both }[]) : [];
  const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "object" && value !== null && "zh" in value ? pick(value as Both) : "");
  return {
    title, verdict: text(sent.verdict), said: text(sent.said ?? sent.reason), remedy: text(sent.remedy_said ?? sent.remedy), lines,
    cited: clauses.map((clause, index) => ({ key: clause.key, certain: clause.certain, printed: printed[index] ?? (text(clause.printed) || clause.key) })),
  };
}

/** The entries about one object; for those who may read the record. */
export function historyOf(kind: string): ((id: string, cursor: string | null) => Promise<Page<HistoryEntry>>) {
  return (id, cursor) =>
    may("audit.read") ? http.get<Page<HistoryEntry>>("audit", { object_kind: kind, object_id: id, cursor, limit: 50 }) : Promise.resolve({ items: [], next: null });
}

/** Name of an object by id; words for one that may not be seen, as its id would tell nobody anything. */
export async function nameOf(path: string, id: string | null): Promise<string> {
  if (id === null || id === "") return "";
  try {
    return (await http.get<{ name: string }>(`${path}/${encodeURIComponent(id)}`)).name;
  } catch (failure) {
    if (failure instanceof Problem && (failure.status === 404 || failure.status === 403)) return t("resource.out_of_reach");
    throw failure;
  }
}

export function fact(title: Key, value: string | number | null | undefined): { title: Key; value: string } {
  return { title, value: value === null || value === undefined ? "" : String(value) };
}

/** Text, numbers and yes or no as text; of anything else there is none. */
export function plain(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
