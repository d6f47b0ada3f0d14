import { http, request } from "../../api/client";
import { t, tOr } from "../../i18n";
import type { Page } from "../cursor_list";
import type { Choice, Field, HistoryEntry, Resource, Rows, Values } from "../resource";
import { fact, findDivisions, finder, findOrganisations, judged, lister, nameOf, namer, plain, span, words, YES_NO, type Schemas } from "./shared";

type Row = Schemas["CameraOut"];
type File = Schemas["CameraFileOut"];

const read = (id: string): Promise<File> => http.get<File>(`cameras/${encodeURIComponent(id)}/file`);

const PTZ_TYPES = ["1", "2", "3", "4", "5", "6", "7"] as const; // GB/T 28181-2022 PTZType
const FIELDS: readonly Field[] = [
  { name: "name", title: "resource.name", kind: "text", required: true },
  { name: "organisation", title: "places.organisation", kind: "choice", required: true, search: true, choices: findOrganisations, named: namer("organisations") },
  { name: "division", title: "resource.division", kind: "choice", required: true, search: true, choices: findDivisions, named: namer("divisions") },
  { name: "place", title: "systems.place", kind: "choice", search: true, choices: finder("places"), named: namer("places") },
  { name: "system", title: "archive.system", kind: "choice", search: true, choices: finder("systems"), named: namer("systems") },
  { name: "builder", title: "archive.builder", kind: "choice", search: true, choices: findOrganisations, named: namer("organisations") },
  { name: "ptz_type", title: "archive.field.ptz_type", kind: "choice", choices: () => words("archive.ptz", PTZ_TYPES) },
  { name: "room_type", title: "archive.field.room_type", kind: "choice", choices: () => words("archive.room", ["1", "2"]) },
  { name: "address", title: "archive.field.address", kind: "text" },
  { name: "azimuth_deg", title: "archive.azimuth", kind: "text" },
  { name: "view_angle_deg", title: "archive.view_angle", kind: "text" },
  { name: "view_distance_m", title: "archive.view_distance", kind: "text" },
  { name: "purpose", title: "systems.purpose", kind: "text" },
  { name: "legal_basis", title: "archive.field.legal_basis", kind: "text" },
  { name: "necessary", title: "archive.necessary", kind: "choice", choices: YES_NO },
  { name: "sees_prohibited_room", title: "archive.field.sees_prohibited_room", kind: "choice", choices: YES_NO },
  { name: "could_see_by_moving", title: "archive.could_see_by_moving", kind: "choice", choices: YES_NO },
  { name: "may_infringe_privacy", title: "archive.field.may_infringe_privacy", kind: "choice", choices: YES_NO },
  { name: "audio", title: "archive.field.audio", kind: "choice", choices: YES_NO },
  { name: "record_save_days", title: "archive.field.record_save_days", kind: "text" },
  { name: "installed_date", title: "archive.field.installed_date", kind: "day" },
  { name: "reason", title: "resource.reason", kind: "text", only: "edit" },
];

/** What a form begins with: the file's own values as texts, since fields hold texts. */
function valuesOf(one: File): Values {
  const kept = { ...(one.fields as Readonly<Record<string, unknown>>), ...one } as Readonly<Record<string, unknown>>;
  return Object.fromEntries(FIELDS.filter((field) => field.only !== "edit").map(({ name }) => [name, plain(kept[name])]));
}

/** The devices that served it, each with its span: what is over stays in view. */
function servedBy(one: File): Rows {
  return {
    title: "devices.served",
    lines: one.devices.map((row) => ({
      text: row.device_id === null ? t("devices.hidden") : [row.name, tOr(`devices.kind.${row.kind}`, row.kind), row.model, t("devices.channel", { n: row.channel })].filter(Boolean).join(" · "),
      dates: span(row.since_date, row.until_date), over: row.until_date !== "",
      to: row.device_id === null ? undefined : `/devices?id=${encodeURIComponent(row.device_id)}`,
    })),
  };
}

function memberOf(one: File): Rows {
  return {
    title: "devices.memberships",
    lines: one.memberships.map((row) => ({
      text: `${row.system_name || t("devices.hidden")}${row.owning ? "" : ` · ${t("devices.membership.other")}`}`,
      dates: span(row.since_date, row.until_date), over: row.until_date !== "",
      to: row.system_id === null ? undefined : `/systems?id=${encodeURIComponent(row.system_id)}`,
    })),
  };
}

const chosen = (value: unknown): string => (typeof value === "string" ? value : "");

/** The systems that it is in now, by the number of the membership. */
async function lasting(id: string): Promise<readonly Choice[]> {
  return (await read(id)).memberships
    .filter((row) => row.until_date === "")
    .map((row) => ({ value: String(row.id), label: `${row.system_name || t("devices.hidden")}${row.owning ? "" : ` · ${t("devices.membership.other")}`}` }));
}

/** The devices that serve it now and may be seen, by the number of the connection. */
async function serving(id: string): Promise<readonly Choice[]> {
  return (await read(id)).devices
    .filter((row) => row.until_date === "" && row.device_id !== null)
    .map((row) => ({ value: String(row.id), label: `${row.name} · ${t("devices.channel", { n: row.channel })}` }));
}

/** The connection is the device's: it ends there, as the device is now. */
async function endConnection(id: string, connection: string, body: Values): Promise<unknown> {
  const row = (await read(id)).devices.find((one) => String(one.id) === connection);
  if (!row?.device_id) return undefined;
  const path = `devices/${encodeURIComponent(row.device_id)}`;
  const { version } = await http.get<Schemas["DeviceFileOut"]>(path);
  return request("POST", `/api/v1/${path}/channels/${encodeURIComponent(connection)}/end`, { body, version });
}

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
      label: one.name, version: one.version, values: valuesOf(one), rows: [servedBy(one), memberOf(one)],
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
  manage: "registry.camera.manage",
  fields: FIELDS,
  create: (values, once) => http.create<File>("cameras/enrol", values, once),
  change: (id, values, version) => http.patch(`cameras/${encodeURIComponent(id)}/file`, values, version),
  photos: { kind: "camera", keep: "registry.camera.manage" },
  actions: [
    {
      name: "join", title: "devices.join", needs: "registry.camera.manage",
      fields: () => [
        { name: "system", title: "devices.join.system", kind: "choice", required: true, search: true, choices: finder("systems"), named: namer("systems") },
        { name: "owning", title: "devices.join.owning", kind: "choice", required: true, choices: YES_NO },
        { name: "since_date", title: "devices.since", kind: "day", hint: "devices.today" },
      ],
      run: (id, version, _, values, once) => request("POST", `/api/v1/cameras/${encodeURIComponent(id)}/memberships`, { body: values, version, once }),
    },
    {
      name: "leave", title: "devices.leave", needs: "registry.camera.manage",
      fields: (id) => [
        { name: "membership", title: "devices.join.system", kind: "choice", required: true, choices: () => lasting(id) },
        { name: "on", title: "devices.leave.on", kind: "day", hint: "devices.today" },
        { name: "reason", title: "devices.reason", kind: "text" },
      ],
      run: (id, version, _, { membership, ...values }) =>
        request("POST", `/api/v1/cameras/${encodeURIComponent(id)}/memberships/${encodeURIComponent(chosen(membership))}/end`, { body: values, version }),
    },
    {
      name: "disconnect", title: "devices.unserve", needs: "registry.device.manage",
      fields: (id) => [
        { name: "connection", title: "devices.served", kind: "choice", required: true, choices: () => serving(id) },
        { name: "on", title: "devices.until", kind: "day", hint: "devices.today" },
        { name: "reason", title: "devices.reason", kind: "text" },
      ],
      run: (id, _version, _, { connection, ...values }) => endConnection(id, chosen(connection), values),
    },
  ],
  history: (id, cursor) => http.get<Page<HistoryEntry>>(`cameras/${encodeURIComponent(id)}/history`, { cursor, limit: 50 }),
};
