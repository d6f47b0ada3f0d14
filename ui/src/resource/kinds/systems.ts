import { http } from "../../api/client";
import { t, tOr } from "../../i18n";
import type { Resource } from "../resource";
import { fact, findDivisions, finder, findOrganisations, historyOf, judged, lister, nameOf, namer, span, words, YES_NO, yesNo, type Schemas } from "./shared";

type Row = Schemas["SystemOut"];
interface Party { readonly organisation_name: string; readonly capacity: string; readonly since_date: string; readonly until_date: string }

const STANDINGS = ["planned", "building", "accepted", "in_use", "out_of_use", "removed"] as const;

export const systems: Resource<Row> = {
  name: "system",
  title: "systems.title",
  empty: "systems.empty",
  label: (row) => row.name,
  columns: [
    { title: "resource.name", value: (row) => row.name, strong: true },
    { title: "places.organisation", value: (row) => row.organisation_name },
    { title: "resource.division", value: (row) => row.division_name },
    { title: "resource.standing", value: (row) => tOr(`standing.${row.standing}`, row.standing) },
  ],
  filters: [
    { name: "standing", title: "resource.standing", choices: () => words("standing", STANDINGS) },
    { name: "division", title: "resource.division", choices: findDivisions, search: true },
    { name: "organisation", title: "places.organisation", choices: findOrganisations, search: true, needs: "organisations.read" },
  ],
  list: lister<Row>("systems"),
  show: async (id) => {
    const one = await http.get<Schemas["SystemFileOut"]>(`systems/${encodeURIComponent(id)}`);
    const parties = one.parties as unknown as readonly Party[];
    return {
      label: one.name, version: one.version,
      values: {
        name: one.name, organisation: one.organisation, division: one.division, place: one.place ?? "", purpose: one.purpose, legal_basis: one.legal_basis,
        funding: one.funding, keep_days: one.keep_days ?? "", concerns_public_safety: one.concerns_public_safety === null ? "" : String(one.concerns_public_safety),
      },
      facts: [
        fact("resource.standing", tOr(`standing.${one.standing}`, one.standing)), fact("places.organisation", one.organisation_name),
        fact("resource.division", one.division_name), fact("systems.place", await nameOf("places", one.place)), fact("systems.purpose", one.purpose),
        fact("systems.legal_basis", one.legal_basis), fact("systems.funding", tOr(`systems.funding.${one.funding}`, one.funding)), fact("systems.keep_days", one.keep_days),
        fact("systems.sharing_grade", one.sharing_grade), fact("systems.security_grade", one.security_grade), fact("systems.public_safety", yesNo(one.concerns_public_safety)),
        fact("systems.accepted", one.accepted_date), fact("systems.in_use", one.in_use_date),
      ],
      rows: [{
        title: "systems.parties",
        lines: parties.map((party) => ({
          text: `${tOr(`systems.capacity.${party.capacity}`, party.capacity)}${t("common.colon")}${party.organisation_name}`,
          dates: span(party.since_date, party.until_date),
        })),
      }],
    };
  },
  judge: async (id) => {
    const found = await http.get<Readonly<Record<string, object>>>(`systems/${encodeURIComponent(id)}/judgement`);
    return Object.entries(found).map(([name, one], index) =>
      judged(name.startsWith("cost.") ? t("judged.cost", { n: index + 1 }) : tOr(`judged.${name}`, name), one));
  },
  history: historyOf("system"),
  manage: "registry.system.manage",
  fields: [
    { name: "name", title: "resource.name", kind: "text", required: true },
    { name: "organisation", title: "places.organisation", kind: "choice", required: true, search: true, choices: findOrganisations, named: namer("organisations") },
    { name: "division", title: "resource.division", kind: "choice", required: true, search: true, choices: findDivisions, named: namer("divisions") },
    { name: "place", title: "systems.place", kind: "choice", search: true, choices: finder("places"), named: namer("places") },
    { name: "purpose", title: "systems.purpose", kind: "text" },
    { name: "legal_basis", title: "systems.legal_basis", kind: "text" },
    { name: "funding", title: "systems.funding", kind: "choice", choices: () => words("systems.funding", ["government", "own", "mixed"]) },
    { name: "keep_days", title: "systems.keep_days", kind: "text" },
    { name: "concerns_public_safety", title: "systems.public_safety", kind: "choice", choices: YES_NO },
  ],
  create: (values, once) => http.create<{ id: string }>("systems", values, once),
  change: (id, values, version) => http.patch(`systems/${encodeURIComponent(id)}`, values, version),
};
