/** Which base map: the invented city that comes along, or the customer's own tiles (`/map.json` beside the page). */
import { DATUMS, type Datum } from "./datum";

export interface MapConfig {
  readonly kind: "synthetic" | "xyz" | "wmts" | "pmtiles";
  readonly url: string; // of the tiles, the WMTS capabilities or the archive; under our own address: the page loads from nowhere else
  readonly layer: string; // of a WMTS
  readonly matrixSet: string; // of a WMTS
  readonly datum: Datum; // in which the tiles are drawn
  readonly attribution: string;
  readonly centre: readonly [number, number]; // WGS-84
  readonly zoom: number;
}

export const SYNTHETIC: MapConfig = {
  kind: "synthetic", url: "", layer: "", matrixSet: "", datum: "WGS-84", attribution: "", centre: [120.38, 36.06], zoom: 12,
};

/** The configuration as written by an operator. Throws an Error that names the field that is wrong. */
export function readConfig(given: unknown): MapConfig {
  if (typeof given !== "object" || given === null) throw new Error("map.json: not an object");
  const values = given as Record<string, unknown>;
  const kind = values["kind"] ?? "synthetic";
  if (kind !== "synthetic" && kind !== "xyz" && kind !== "wmts" && kind !== "pmtiles") throw new Error("map.json: kind");
  const text = (name: string): string => {
    const value = values[name] ?? "";
    if (typeof value !== "string") throw new Error(`map.json: ${name}`);
    return value;
  };
  const url = text("url");
  if (kind !== "synthetic" && !(url.startsWith("/") && !url.startsWith("//"))) throw new Error("map.json: url");
  if (kind === "xyz" && !["{x}", "{z}"].every((part) => url.includes(part))) throw new Error("map.json: url");
  if (kind === "wmts" && (text("layer") === "" || text("matrixSet") === "")) throw new Error("map.json: layer");
  const datum = DATUMS.find((one) => one === (values["datum"] ?? "WGS-84"));
  if (datum === undefined) throw new Error("map.json: datum");
  const centre = values["centre"] ?? SYNTHETIC.centre;
  if (!Array.isArray(centre) || centre.length !== 2 || !centre.every((one) => typeof one === "number" && Math.abs(one) <= 180)) {
    throw new Error("map.json: centre");
  }
  const zoom = values["zoom"] ?? SYNTHETIC.zoom;
  if (typeof zoom !== "number" || zoom < 1 || zoom > 22) throw new Error("map.json: zoom");
  return {
    kind, url, layer: text("layer"), matrixSet: text("matrixSet"), datum, attribution: text("attribution"),
    centre: [centre[0] as number, centre[1] as number], zoom,
  };
}

let loaded: Promise<MapConfig> | null = null;

/** Read once. A configuration that cannot be read is told by the caller, and the invented city is shown. */
export function loadConfig(): Promise<MapConfig> {
  loaded ??= fetch("/map.json").then(async (answer) => (answer.ok ? readConfig(await answer.json()) : SYNTHETIC));
  return loaded;
}
