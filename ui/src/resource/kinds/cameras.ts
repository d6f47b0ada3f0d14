import { http } from "../../api/client";
import { tOr } from "../../i18n";
import type { Page } from "../cursor_list";
import type { HistoryEntry, Resource } from "../resource";
import { fact, judged, lister, nameOf, type Schemas } from "./shared";

type Row = Schemas["CameraOut"];
type File = Schemas["CameraFileOut"];

const read = (id: string): Promise<File> => http.get<File>(`cameras/${encodeURIComponent(id)}/file`);

/** The files of cameras, and what the law makes of each; cameras themselves are added and run on their own screen. */
export const cameraFiles: Resource<Row> = {
  name: "camera",
  title: "archive.title",
  empty: "archive.empty",
  label: (row) => row.name,
  columns: [
    { title: "resource.name", value: (row) => row.name, strong: true },
    { title: "archive.code", value: (row) => row.code, numbers: true },
    { title: "resource.standing", value: (row) => tOr(`standing.${row.standing}`, row.standing) },
    { title: "resource.score", value: (row) => `${row.archive_score} %`, numbers: true },
  ],
  filters: [],
  list: lister<Row>("cameras"),
  show: async (id) => {
    const one = await read(id);
    const [organisation, place, system, builder] = await Promise.all([
      nameOf("organisations", one.organisation), nameOf("places", one.place), nameOf("systems", one.system), nameOf("organisations", one.builder),
    ]);
    const text = (name: string): string => {
      const value = (one.fields as Readonly<Record<string, unknown>>)[name];
      if (value === null || value === undefined) return "";
      return typeof value === "string" ? value : JSON.stringify(value);
    };
    return {
      label: one.name, version: one.version, values: {}, rows: [],
      score: { percent: one.archive_score, missing: one.missing.map((name) => tOr(`archive.field.${name}`, name)) },
      facts: [
        fact("archive.code", one.code), fact("resource.standing", tOr(`standing.${one.standing}`, one.standing)), fact("places.organisation", organisation),
        fact("systems.place", place), fact("archive.system", system), fact("archive.builder", builder),
        fact("resource.position", one.lon === null ? "" : `${one.lon}, ${one.lat ?? ""}`), fact("resource.address", text("address")),
        fact("archive.field.manufacturer", text("manufacturer")), fact("archive.field.model", text("model")), fact("systems.purpose", text("purpose")),
        fact("systems.legal_basis", text("legal_basis")), fact("archive.field.installed_date", text("installed_date")),
        fact("archive.field.record_save_days", text("record_save_days")),
      ],
    };
  },
  judge: async (id) => Object.entries((await read(id)).due).map(([name, one]) => judged(tOr(`judged.${name}`, name), one)),
  history: (id, cursor) => http.get<Page<HistoryEntry>>(`cameras/${encodeURIComponent(id)}/history`, { cursor, limit: 50 }),
};
