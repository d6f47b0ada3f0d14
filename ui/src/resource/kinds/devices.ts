import { http, request } from "../../api/client";
import { t, tOr } from "../../i18n";
import type { Page } from "../cursor_list";
import type { Choice, Field, HistoryEntry, Resource, Values } from "../resource";
import { fact, findOrganisations, finder, lister, namer, span, words, type Schemas } from "./shared";

type Row = Schemas["DeviceOut"];
type File = Schemas["DeviceFileOut"];

const KINDS = ["recorder", "camera", "encoder", "storage", "platform"] as const;
const one = (id: string): string => `devices/${encodeURIComponent(id)}`;
const read = (id: string): Promise<File> => http.get<File>(one(id));
const kind = (value: string): string => tOr(`devices.kind.${value}`, value);

const PLAIN: readonly Field[] = [
  { name: "manufacturer", title: "archive.field.manufacturer", kind: "text" },
  { name: "model", title: "archive.field.model", kind: "text" },
  { name: "serial", title: "devices.serial", kind: "text" },
  { name: "mac", title: "archive.field.mac", kind: "text" },
  { name: "host", title: "devices.host", kind: "text" },
  { name: "firmware", title: "devices.firmware", kind: "text" },
  { name: "code", title: "archive.code", kind: "text" },
  { name: "certificate", title: "devices.certificate", kind: "text" },
  { name: "installed_date", title: "archive.field.installed_date", kind: "day" },
];

/** The cameras that the device serves now, by the number of the connection. */
async function connections(id: string): Promise<readonly Choice[]> {
  const { channels } = await read(id);
  return channels
    .filter((row) => row.until_date === "")
    .map((row) => ({ value: String(row.id), label: `${t("devices.channel", { n: row.channel })}${t("common.colon")}${row.camera_name || t("devices.hidden")}` }));
}

/** Others of its kind that are in use. */
async function others(id: string, text: string): Promise<readonly Choice[]> {
  const { kind: same } = await read(id);
  const page = await http.get<Page<Row>>("devices", { text, kind: same, limit: 50 });
  return page.items.filter((row) => row.id !== id).map((row) => ({ value: row.id, label: row.name }));
}

const act = async (path: string, body: Values, version: number, once?: string): Promise<unknown> => request("POST", `/api/v1/${path}`, { body, version, once });

export const devices: Resource<Row> = {
  name: "device",
  title: "devices.title",
  empty: "devices.empty",
  label: (row) => row.name,
  columns: [
    { title: "resource.name", value: (row) => row.name, strong: true },
    { title: "resource.kind", value: (row) => kind(row.kind) },
    { title: "archive.field.model", value: (row) => `${row.manufacturer} ${row.model}`.trim() },
    { title: "places.organisation", value: (row) => row.organisation_name },
    { title: "devices.serving", value: (row) => String(row.serving), numbers: true },
  ],
  filters: [
    { name: "kind", title: "resource.kind", choices: () => words("devices.kind", KINDS) },
    { name: "organisation", title: "places.organisation", choices: findOrganisations, search: true, needs: "organisations.read" },
    { name: "scrapped", title: "devices.scrapped", choices: () => [{ value: "true", label: t("devices.scrapped.yes") }] },
  ],
  list: lister<Row>("devices"),
  show: async (id) => {
    const device = await read(id);
    return {
      label: device.name, version: device.version, done: device.scrapped_date !== "",
      values: Object.fromEntries(["name", "organisation", ...PLAIN.map((field) => field.name)].map((name) => [name, (device as unknown as Values)[name]])),
      facts: [
        fact("resource.kind", kind(device.kind)), fact("places.organisation", device.organisation_name),
        fact("archive.field.manufacturer", device.manufacturer), fact("archive.field.model", device.model), fact("devices.serial", device.serial),
        fact("archive.field.mac", device.mac), fact("devices.host", device.host), fact("devices.firmware", device.firmware), fact("archive.code", device.code),
        fact("devices.certificate", device.certificate), fact("archive.field.installed_date", device.installed_date),
        ...(device.scrapped_date === "" ? [] : [fact("devices.scrapped", device.scrapped_date)]),
      ],
      rows: [{
        title: "devices.channels",
        lines: device.channels.map((row) => ({
          text: `${t("devices.channel", { n: row.channel })}${t("common.colon")}${row.camera_name || t("devices.hidden")}`, dates: span(row.since_date, row.until_date),
          over: row.until_date !== "", to: row.camera === null ? undefined : `/archive?id=${encodeURIComponent(row.camera)}`,
        })),
      }],
    };
  },
  history: (id, cursor) => http.get<Page<HistoryEntry>>(`${one(id)}/history`, { cursor, limit: 50 }),
  manage: "registry.device.manage",
  photos: { kind: "device", keep: "registry.device.manage" },
  fields: [
    { name: "name", title: "resource.name", kind: "text", required: true },
    { name: "kind", title: "resource.kind", kind: "choice", required: true, only: "create", choices: () => words("devices.kind", KINDS) },
    { name: "organisation", title: "places.organisation", kind: "choice", required: true, search: true, choices: findOrganisations, named: namer("organisations") },
    ...PLAIN,
    { name: "reason", title: "resource.reason", kind: "text", only: "edit" },
  ],
  create: (values, once) => http.create<File>("devices", values, once),
  change: (id, values, version) => http.patch(one(id), values, version),
  actions: [
    {
      name: "connect", title: "devices.connect", needs: "registry.device.manage",
      fields: () => [
        { name: "camera", title: "devices.camera", kind: "choice", required: true, search: true, choices: finder("cameras"), named: namer("cameras") },
        { name: "channel", title: "devices.channel.number", kind: "text", required: true },
        { name: "since_date", title: "devices.since", kind: "day", hint: "devices.today" },
      ],
      run: (id, version, _, values, once) => act(`${one(id)}/channels`, values, version, once),
    },
    {
      name: "disconnect", title: "devices.disconnect", needs: "registry.device.manage",
      fields: (id) => [
        { name: "connection", title: "devices.camera", kind: "choice", required: true, choices: () => connections(id) },
        { name: "on", title: "devices.until", kind: "day", hint: "devices.today" },
        { name: "reason", title: "devices.reason", kind: "text" },
      ],
      run: (id, version, _, { connection, ...values }) => act(`${one(id)}/channels/${encodeURIComponent(String(connection))}/end`, values, version),
    },
    {
      name: "replace", title: "devices.replace", needs: "registry.device.manage",
      fields: (id) => [
        { name: "by", title: "devices.by", kind: "choice", required: true, search: true, choices: (text) => others(id, text) },
        { name: "on", title: "devices.on", kind: "day", hint: "devices.today" },
        { name: "reason", title: "devices.reason", kind: "text" },
      ],
      run: (id, version, _, values) => act(`${one(id)}/replace`, values, version),
    },
    { name: "scrap", title: "devices.scrap", needs: "registry.device.manage", reason: "devices.scrap.reason", run: (id, version, reason) => act(`${one(id)}/scrap`, { reason }, version) },
  ],
};
