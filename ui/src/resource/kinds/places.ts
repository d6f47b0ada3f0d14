import { http } from "../../api/client";
import { pick, sentence, t, tOr } from "../../i18n";
import type { Choice, Resource } from "../resource";
import { fact, findDivisions, findOrganisations, historyOf, judged, lister, namer, span, YES_NO, yesNo, type Schemas } from "./shared";

type Row = Schemas["PlaceOut"];
type Vocabulary = Schemas["VocabularyOut"];

let asked: Promise<Vocabulary> | null = null;

/** The closed words of the register, asked once; asked again after a failure. */
function vocabulary(): Promise<Vocabulary> {
  asked ??= http.get<Vocabulary>("places/vocabulary").catch((failure: unknown) => {
    asked = null;
    throw failure;
  });
  return asked;
}

async function kinds(): Promise<readonly Choice[]> {
  return (await vocabulary()).kinds.map((one) => ({ value: one.value, label: sentence(pick(one)) }));
}

async function parts(): Promise<readonly Choice[]> {
  return (await vocabulary()).parts.map((one) => ({ value: one.value, label: sentence(pick(one)) }));
}

export const places: Resource<Row> = {
  name: "place",
  title: "places.title",
  empty: "places.empty",
  label: (row) => row.name,
  columns: [
    { title: "resource.name", value: (row) => row.name, strong: true },
    { title: "resource.address", value: (row) => row.address },
    { title: "resource.division", value: (row) => row.division_name },
    { title: "places.organisation", value: (row) => row.organisation_name },
  ],
  filters: [
    { name: "kind", title: "places.kinds", choices: kinds },
    { name: "division", title: "resource.division", choices: findDivisions, search: true },
    { name: "organisation", title: "places.organisation", choices: findOrganisations, search: true, needs: "organisations.read" },
  ],
  list: lister<Row>("places"),
  show: async (id) => {
    const [one, all] = await Promise.all([http.get<Schemas["PlaceFileOut"]>(`places/${encodeURIComponent(id)}`), vocabulary()]);
    const word = (among: Vocabulary["kinds"], value: string): string => {
      const found = among.find((entry) => entry.value === value);
      return found ? pick(found) : value;
    };
    const { name, address, licence, sector, note, division, organisation, public_place } = one;
    return {
      label: name, version: one.version, values: { name, address, licence, sector, note, division, organisation: organisation ?? "", public_place: public_place === null ? "" : String(public_place) },
      facts: [
        fact("places.kinds", sentence(one.kinds.map((kind) => word(all.kinds, kind)).join(t("common.list")))), fact("resource.address", address), fact("resource.division", one.division_name),
        fact("places.organisation", one.organisation_name), fact("places.public", yesNo(one.public_place)), fact("places.movable", yesNo(one.movable)),
        fact("places.licence", licence), fact("organisations.sector", sector), fact("resource.position", one.lon === null ? "" : `${one.lon}, ${one.lat ?? ""}`),
        fact("resource.note", note),
      ],
      rows: [
        { title: "places.parts", lines: one.parts.map((part) => ({ text: sentence([word(all.parts, part.part), part.name].filter(Boolean).join(" ")), dates: "" })) },
        {
          title: "places.duties",
          lines: one.duties.map((duty) => ({ text: `${sentence(tOr(`places.role.${duty.role}`, duty.role))}${t("common.colon")}${duty.organisation_name}`, dates: span(duty.since_date, duty.until_date) })),
        },
        { title: "places.rooms", lines: one.rooms.map((room) => ({ text: [room.name, sentence(word(all.rooms, room.kind)), room.floor].filter(Boolean).join(" "), dates: "" })) },
      ],
    };
  },
  judge: async (id) => {
    const [found, all] = await Promise.all([http.get<readonly Schemas["PartJudgementOut"][]>(`places/${encodeURIComponent(id)}/judgement`), vocabulary()]);
    return found.map((one) => {
      const kind = all.parts.find((entry) => entry.value === one.part.part);
      const title = sentence([kind ? pick(kind) : one.part.part, one.part.name].filter(Boolean).join(" "));
      const bearers = one.bearers.map((bearer) =>
        t("places.bearers", { cited: bearer.cited, roles: bearer.roles.map((role) => tOr(`places.role.${role}`, role)).join(t("common.list")) }));
      const categories = one.cited.length > 0 ? [t("places.categories", { cited: one.cited.join(t("common.list")) })] : [];
      return judged(title, one.judgement, [...categories, ...bearers]);
    });
  },
  history: historyOf("place"),
  manage: "registry.place.manage",
  fields: [
    { name: "name", title: "resource.name", kind: "text", required: true },
    { name: "division", title: "resource.division", kind: "choice", required: true, search: true, choices: findDivisions, named: namer("divisions") },
    { name: "address", title: "resource.address", kind: "text" },
    { name: "organisation", title: "places.organisation", kind: "choice", search: true, choices: findOrganisations, named: namer("organisations") },
    { name: "kinds", title: "places.kinds", kind: "many", only: "create", choices: kinds },
    { name: "parts", title: "places.parts", kind: "many", only: "create", choices: parts },
    { name: "public_place", title: "places.public", kind: "choice", choices: YES_NO },
    { name: "licence", title: "places.licence", kind: "text" },
    { name: "sector", title: "organisations.sector", kind: "text" },
    { name: "note", title: "resource.note", kind: "long" },
    { name: "reason", title: "resource.reason", kind: "text", only: "edit" },
  ],
  create: (values, once) => http.create<Schemas["PlaceFileOut"]>("places", values, once),
  change: (id, values, version) => http.patch(`places/${encodeURIComponent(id)}`, values, version),
};
