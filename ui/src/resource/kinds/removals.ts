import { t, tOr } from "../../i18n";
import type { Resource } from "../resource";
import { lister, words, type Schemas } from "./shared";

export type Removal = Schemas["RemovalOut"];
const STATES = ["planned", "authorised", "notified", "removed", "filed", "registered", "restored", "cancelled"] as const;

export const removals: Resource<Removal> = {
  name: "removal",
  title: "removals.title",
  empty: "removals.empty",
  label: (row) => row.system_name,
  path: (row) => `/removals/${encodeURIComponent(row.id)}`,
  columns: [
    { title: "removals.system", value: (row) => row.system_name, strong: true },
    { title: "removals.scope", value: (row) => tOr(`removals.scope.${row.scope}`, row.scope) },
    { title: "removals.cameras", value: (row) => t("removals.cameras.n", { n: row.cameras.length }), numbers: true },
    { title: "removals.reason", value: (row) => row.reason },
    { title: "removals.removed", value: (row) => row.removed_date, numbers: true },
    { title: "filings.state", value: (row) => row.state_label, tone: (row) => (row.state === "removed" ? "mj-warn" : row.state === "registered" ? "mj-good" : "") },
  ],
  filters: [{ name: "state", title: "filings.state", choices: () => words("removals.state", STATES) }],
  search: false,
  list: lister<Removal>("removals"),
};
