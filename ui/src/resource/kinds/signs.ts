import { contentOf, type About } from "../../api/files";
import { act } from "../../api/filings";
import { http } from "../../api/client";
import { t, tOr } from "../../i18n";
import type { Resource, Values } from "../resource";
import { toneOf } from "../verdicts";
import { fact, finder, historyOf, judged, lister, namer, plain, type Schemas } from "./shared";

type Row = Schemas["SignOut"];
const one = (id: string): string => `signs/${encodeURIComponent(id)}`;
const verdict = (row: Row): string => String(row.judgement["verdict"]);

/** The picture belongs to the organisation of the place, until there is a sign. */
async function aboutPhoto(values: Values): Promise<About | null> {
  const place = plain(values["place"]);
  if (place === "") return null;
  const { organisation } = await http.get<{ organisation: string | null }>(`places/${encodeURIComponent(place)}`);
  return { kind: "sign", organisation: organisation ?? "", part: "photo" };
}

export const signs: Resource<Row> = {
  name: "sign",
  title: "signs.title",
  empty: "signs.empty",
  label: (row) => row.place_name,
  columns: [
    { title: "signs.place", value: (row) => row.place_name, strong: true },
    { title: "signs.position", value: (row) => row.position },
    { title: "signs.last_seen", value: (row) => row.last_seen, numbers: true },
    { title: "signs.verdict", value: (row) => tOr(`verdict.${verdict(row)}`, verdict(row)), tone: (row) => toneOf(verdict(row)) },
  ],
  filters: [{ name: "removed", title: "signs.removed", choices: () => [{ value: "true", label: t("signs.removed.yes") }] }],
  search: false,
  list: lister<Row>("signs"),
  show: async (id) => {
    const sign = await http.get<Row>(one(id));
    const { position, text, purpose, telephone, photo, last_seen, place } = sign;
    return {
      label: sign.place_name, version: sign.version, values: { place, position, text, purpose, telephone, photo, last_seen }, rows: [],
      facts: [
        fact("signs.place", sign.place_name), fact("signs.position", position), fact("signs.text", text), fact("signs.purpose", purpose),
        fact("signs.telephone", telephone), fact("signs.last_seen", last_seen), fact("signs.last_seen_by", sign.last_seen_by),
        ...(sign.removed ? [fact("signs.removed", t("signs.removed.yes"))] : []),
      ],
      picture: photo === "" ? null : contentOf(photo),
      links: [{ title: "signs.print", href: `/api/v1/${one(id)}/sign.pdf` }],
      done: sign.removed,
    };
  },
  judge: async (id) => [judged(t("signs.judged"), (await http.get<Row>(one(id))).judgement)],
  history: historyOf("sign"),
  manage: "signs.keep",
  fields: [
    { name: "place", title: "signs.place", kind: "choice", required: true, only: "create", search: true, choices: finder("places"), named: namer("places") },
    { name: "position", title: "signs.position", kind: "text" },
    { name: "text", title: "signs.text", kind: "long" },
    { name: "purpose", title: "signs.purpose", kind: "text" },
    { name: "telephone", title: "signs.telephone", kind: "text" },
    { name: "last_seen", title: "signs.last_seen", kind: "day" },
    { name: "photo", title: "signs.photo", kind: "file", about: aboutPhoto },
  ],
  create: (values, once) => http.create<Row>("signs", values, once),
  change: (id, values, version) => http.patch(one(id), values, version),
  actions: [
    { name: "seen", title: "signs.seen", needs: "signs.see", run: (id, version) => act(`${one(id)}/seen`, {}, version) },
    { name: "remove", title: "signs.take_down", needs: "signs.keep", reason: "signs.take_down.reason", run: (id, version, reason) => act(`${one(id)}/remove`, { reason }, version) },
  ],
};
