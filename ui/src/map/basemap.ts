/** The layer under everything: the invented city drawn here, or the customer's tiles. Canvas only: many machines have no GPU. */
import type { FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import MVT from "ol/format/MVT";
import WMTSCapabilities from "ol/format/WMTSCapabilities";
import type BaseLayer from "ol/layer/Base";
import TileLayer from "ol/layer/Tile";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import ImageTileSource from "ol/source/ImageTile";
import VectorSource from "ol/source/Vector";
import VectorTileSource from "ol/source/VectorTile";
import WMTS, { optionsFromCapabilities } from "ol/source/WMTS";
import XYZ from "ol/source/XYZ";
import { Fill, Stroke, Style, Text } from "ol/style";
import { PMTiles, TileType } from "pmtiles";

import type { MapConfig } from "./config";
import { COLOURS, FONT, type Theme } from "./theme";

/** The base layer. Throws what the tiles' server or archive answers when it cannot be read. */
export async function baseLayer(config: MapConfig, theme: () => Theme): Promise<BaseLayer> {
  const attributions = config.attribution;
  if (config.kind === "xyz") return new TileLayer({ source: new XYZ({ url: config.url, attributions }) });
  if (config.kind === "wmts") return wmts(config);
  if (config.kind === "pmtiles") return pmtiles(config, theme);
  return syntheticCity(theme);
}

async function syntheticCity(theme: () => Theme): Promise<BaseLayer> {
  const city = (await import("./city.json")).default;
  const source = new VectorSource({ features: new GeoJSON({ featureProjection: "EPSG:3857" }).readFeatures(city) });
  return new VectorLayer({ source, declutter: true, style: (feature, resolution) => cityStyle(feature, resolution, theme()) });
}

async function wmts(config: MapConfig): Promise<BaseLayer> {
  const answer = await fetch(config.url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`WMTS ${answer.status}`);
  const capabilities = new WMTSCapabilities().read(await answer.text()) as Record<string, unknown>;
  const options = optionsFromCapabilities(capabilities, { layer: config.layer, matrixSet: config.matrixSet });
  if (options === null) throw new Error(`WMTS: ${config.layer} / ${config.matrixSet}`);
  return new TileLayer({ source: new WMTS({ ...options, attributions: config.attribution }) });
}

async function pmtiles(config: MapConfig, theme: () => Theme): Promise<BaseLayer> {
  const archive = new PMTiles(config.url);
  const header = await archive.getHeader();
  const read = async (z: number, x: number, y: number): Promise<ArrayBuffer | undefined> => (await archive.getZxy(z, x, y))?.data;
  const attributions = config.attribution;
  if (header.tileType !== TileType.Mvt) {
    const source = new ImageTileSource({ attributions, maxZoom: header.maxZoom, loader: async (z, x, y) => {
      const bytes = await read(z, x, y);
      if (bytes === undefined) return document.createElement("canvas");
      return createImageBitmap(new Blob([bytes]));
    } });
    return new TileLayer({ source });
  }
  const format = new MVT();
  const source = new VectorTileSource({
    attributions, format, maxZoom: header.maxZoom, url: "{z}/{x}/{y}",
    tileLoadFunction: (tile, url) => {
      const [z, x, y] = url.split("/").map(Number) as [number, number, number];
      const one = tile as import("ol/VectorTile").default<import("ol/render/Feature").default>;
      one.setLoader((extent, _resolution, projection) => {
        read(z, x, y).then(
          (bytes) => one.setFeatures(bytes === undefined ? [] : format.readFeatures(bytes, { extent, featureProjection: projection })),
          () => one.setState(3),
        );
      });
    },
  });
  return new VectorTileLayer({ source, declutter: true, style: (feature) => tileStyle(feature, theme()) });
}

/** A plain drawing of whatever a vector archive holds: areas, lines, and names in Chinese first. */
function tileStyle(feature: FeatureLike, theme: Theme): Style {
  const colours = COLOURS[theme];
  const layer = String(feature.get("layer") ?? "");
  const area = /water|ocean/.test(layer) ? colours.water : /wood|green|park|landuse/.test(layer) ? colours.wood : colours.land;
  const name: unknown = feature.get("name:zh") ?? feature.get("name");
  const text = typeof name === "string" && feature.getGeometry()?.getType() === "Point" ? label(name, 12, colours.label, colours.land) : undefined;
  return new Style({ fill: new Fill({ color: area }), stroke: new Stroke({ color: colours.street, width: 1.2 }), ...(text ? { text } : {}) });
}

function cityStyle(feature: FeatureLike, resolution: number, theme: Theme): Style | Style[] {
  const colours = COLOURS[theme];
  const name = String(feature.get("name") ?? "");
  switch (feature.get("kind")) {
    case "district":
      return [
        new Style({ fill: new Fill({ color: colours.land }), stroke: new Stroke({ color: colours.border, width: 1, lineDash: [6, 4] }), zIndex: 0 }),
        new Style({ zIndex: 3, text: label(name, resolution > 60 ? 13 : 16, colours.label, colours.land) }),
      ];
    case "wood":
      return new Style({ fill: new Fill({ color: colours.wood }), zIndex: 1, text: label(name, 12, colours.label, colours.wood) });
    case "water":
      return new Style({ fill: new Fill({ color: colours.water }), zIndex: 1, text: label(name, 12, colours.waterLabel, colours.water) });
    case "river": {
      const text = label(name, 12, colours.waterLabel, colours.land, true);
      return new Style({ stroke: new Stroke({ color: colours.water, width: Math.max(2.5, 140 / resolution) }), zIndex: 1, text });
    }
    case "road": {
      const main = feature.get("rank") === "main";
      if (!main && resolution > 30) return [];
      const stroke = new Stroke({ color: main ? colours.road : colours.street, width: Math.min(main ? 14 : 7, Math.max(main ? 2.2 : 1, (main ? 40 : 16) / resolution)) });
      return new Style({ stroke, zIndex: main ? 2 : 1, ...(main && resolution < 45 ? { text: label(name, 12, colours.label, colours.land, true) } : {}) });
    }
    default:
      return new Style({ text: label(name, 15, colours.waterLabel, colours.water), zIndex: 3 });
  }
}

function label(text: string, px: number, colour: string, halo: string, along = false): Text {
  return new Text({
    text, font: `${px}px ${FONT}`, fill: new Fill({ color: colour }), stroke: new Stroke({ color: halo, width: 3 }),
    ...(along ? { placement: "line" as const } : { overflow: true }),
  });
}

