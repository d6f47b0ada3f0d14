import { http } from "../../api/client";
import type { Resource } from "../resource";
import { fact, findOrganisations, historyOf, lister, type Schemas } from "./shared";

type Row = Schemas["PersonOut"];

export const people: Resource<Row> = {
  name: "person",
  title: "people.title",
  empty: "people.empty",
  label: (row) => row.name,
  columns: [
    { title: "people.name", value: (row) => row.name, strong: true },
    { title: "resource.telephone", value: (row) => row.telephone, numbers: true },
  ],
  filters: [{ name: "organisation", title: "resource.organisation", choices: findOrganisations, search: true, needs: "organisations.read" }],
  list: lister<Row>("people"),
  show: async (id) => {
    const one = await http.get<Row>(`people/${encodeURIComponent(id)}`);
    return {
      label: one.name, version: one.version, values: {}, rows: [],
      facts: [fact("people.name", one.name), fact("resource.telephone", one.telephone)],
    };
  },
  history: historyOf("person"),
};
