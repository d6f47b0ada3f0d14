import { http, type Query } from "../../api/client";
import type { FilingRow } from "../../api/filings";
import { t, tOr } from "../../i18n";
import type { Page } from "../cursor_list";
import type { Resource } from "../resource";
import { words } from "./shared";

type Row = FilingRow & { readonly today: string };
const STATES = ["draft", "submitted", "returned", "registered", "change_due", "closed", "withdrawn"] as const;
const KINDS = ["both", "acceptance", "entry_into_use", "removal"] as const;

async function list(query: Query, cursor: string | null, signal: AbortSignal): Promise<Page<Row>> {
  const page = await http.get<Page<FilingRow> & { readonly today: string }>("filings", { ...query, cursor, limit: 50 }, signal);
  return { ...page, items: page.items.map((one) => ({ ...one, today: page.today })) };
}

export const filings: Resource<Row> = {
  name: "filing",
  title: "filings.title",
  empty: "filings.empty",
  label: (row) => row.system_name,
  path: (row) => `/filings/${encodeURIComponent(row.id)}`,
  columns: [
    { title: "filings.system", value: (row) => row.system_name, strong: true },
    { title: "filings.filer", value: (row) => row.organisation_name },
    { title: "filings.kind", value: (row) => tOr(`filings.kind.${row.kind}`, row.kind) },
    { title: "filings.state", value: (row) => row.state_label, tone: (row) => (["returned", "change_due"].includes(row.state) ? "mj-warn" : row.state === "registered" ? "mj-good" : "") },
    { title: "filings.number", value: (row) => row.number, numbers: true },
    { title: "filings.due", value: (row) => row.due, due: (row) => (row.due === "" ? null : [row.due, row.today]) },
    { title: "filings.organ", value: (row) => row.organ_name },
  ],
  filters: [
    { name: "state", title: "filings.state", choices: () => words("filings.state", STATES) },
    { name: "kind", title: "filings.kind", choices: () => words("filings.kind", KINDS) },
    {
      name: "organ", title: "filings.organ",
      choices: async () => (await http.get<Page<{ id: string; name: string }>>("organisations", { kind: "public_security", limit: 200 })).items.map((one) => ({ value: one.id, label: one.name })),
    },
    { name: "overdue", title: "filings.overdue", choices: () => [{ value: "true", label: t("filings.overdue.yes") }] },
  ],
  list,
};
