import { http } from "../../api/client";
import { tOr } from "../../i18n";
import type { Resource } from "../resource";
import { fact, findDivisions, findOrganisations, historyOf, lister, nameOf, span, words, type Schemas } from "./shared";

type Row = Schemas["OrganisationOut"];

const KINDS = [
  "government", "public_security", "department", "sector_regulator", "managing_unit", "contractor", "platform", "inspection_body", "military",
  "classified_unit", "judicial",
] as const;

export const organisations: Resource<Row> = {
  name: "organisation",
  title: "organisations.title",
  empty: "organisations.empty",
  label: (row) => row.name,
  columns: [
    { title: "resource.name", value: (row) => row.name, strong: true },
    { title: "resource.kind", value: (row) => tOr(`organisations.kind.${row.kind}`, row.kind) },
    { title: "organisations.sector", value: (row) => row.sector },
    { title: "organisations.dissolved", value: (row) => row.dissolved_date, numbers: true },
  ],
  filters: [
    { name: "kind", title: "resource.kind", choices: () => words("organisations.kind", KINDS) },
    { name: "division", title: "resource.division", choices: findDivisions, search: true },
  ],
  list: lister<Row>("organisations"),
  show: async (id) => {
    const one = await http.get<Schemas["OrganisationDetail"]>(`organisations/${encodeURIComponent(id)}`);
    const [division, parent] = await Promise.all([nameOf("divisions", one.division_id), nameOf("organisations", one.parent_id)]);
    const { sector, address, contact, telephone, note } = one;
    return {
      label: one.name, version: one.version, values: { sector, address, contact, telephone, note },
      facts: [
        fact("resource.kind", tOr(`organisations.kind.${one.kind}`, one.kind)), fact("resource.division", division), fact("organisations.parent", parent),
        fact("organisations.sector", sector), fact("organisations.credit_code", one.credit_code), fact("resource.address", address),
        fact("organisations.contact", contact), fact("resource.telephone", telephone), fact("resource.note", note), fact("organisations.dissolved", one.dissolved_date),
      ],
      rows: [{ title: "organisations.names", lines: one.names.map((name) => ({ text: name.name, dates: span(name.since_date, name.until_date) })) }],
    };
  },
  history: historyOf("organisation"),
  manage: "organisations.change",
  fields: [
    { name: "name", title: "resource.name", kind: "text", required: true, only: "create" },
    { name: "kind", title: "resource.kind", kind: "choice", required: true, only: "create", choices: () => words("organisations.kind", KINDS) },
    { name: "division", title: "resource.division", kind: "choice", required: true, only: "create", search: true, choices: findDivisions },
    { name: "parent", title: "organisations.parent", kind: "choice", only: "create", search: true, choices: findOrganisations },
    { name: "credit_code", title: "organisations.credit_code", kind: "text", only: "create" },
    { name: "sector", title: "organisations.sector", kind: "text" },
    { name: "address", title: "resource.address", kind: "text" },
    { name: "contact", title: "organisations.contact", kind: "text" },
    { name: "telephone", title: "resource.telephone", kind: "text" },
    { name: "note", title: "resource.note", kind: "long" },
  ],
  create: (values, once) => http.create<Schemas["MadeOut"]>("organisations", values, once),
  change: (id, values, version) => http.patch(`organisations/${encodeURIComponent(id)}`, values, version),
};
