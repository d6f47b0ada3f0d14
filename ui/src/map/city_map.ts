/** The map as the screens use it. Knows no framework; gives and takes degrees of WGS-84, whatever datum its tiles have. */
import "ol/ol.css";

import Feature, { type FeatureLike } from "ol/Feature";
import OlMap from "ol/Map";
import View from "ol/View";
import { ScaleLine, Zoom } from "ol/control";
import GeoJSON from "ol/format/GeoJSON";
import { LineString, Point, Polygon, type Geometry } from "ol/geom";
import { Draw, Translate } from "ol/interaction";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import Collection from "ol/Collection";

import { baseLayer } from "./basemap";
import type { MapConfig } from "./config";
import { fromWgs84, toWgs84 } from "./datum";
import { ahead, azimuthOf, lengthOf, metresBetween, sector, within, type LonLat, type View as Sight } from "./ground";
import { featureStyle } from "./styles";
import { COLOURS, type Theme } from "./theme";

export interface Thing {
  readonly kind: "camera" | "place" | "gap" | "point" | "cluster" | "spot" | "route" | "proposed" | "further";
  readonly id: string;
  readonly at: LonLat;
  readonly label?: string;
  readonly state?: string; // of a camera
  readonly sight?: Sight | null; // of a camera or a planned point
  readonly line?: readonly LonLat[]; // of a route
  readonly of?: "cameras" | "places"; // a cluster's
  readonly count?: number; // in a cluster
  readonly box?: readonly [number, number, number, number]; // of a cluster: west, south, east, north
}

export interface MapEvents {
  moved?(box: [number, number, number, number], zoom: number): void;
  clicked?(things: readonly Thing[], at: LonLat): void;
  pointed?(at: LonLat): void;
  lassoed?(things: readonly Thing[], ring: readonly LonLat[]): void;
  measured?(metres: number, done: boolean): void;
  routed?(line: readonly LonLat[]): void;
  spotted?(at: LonLat): void;
  drafted?(sight: Sight): void; // while the view of a new point is dragged
}

export type LayerName = "cameras" | "places" | "gaps" | "points" | "sought" | "proposed";
export type Tool = "look" | "lasso" | "measure" | "spot" | "route";
const SHAPE_OF = { lasso: "Polygon", measure: "LineString", route: "LineString", spot: "Point" } as const;
const VIEW_OF: Readonly<Record<string, string>> = { point: "pointView", proposed: "proposedView", further: "furtherView" };
const LABELS_FROM_ZOOM = 15;
const NEAREST_M = 5;
const FURTHEST_M = 1000; // the API's bounds of a view

export class CityMap {
  private readonly map: OlMap;
  private readonly layers: Record<LayerName, VectorSource> = { cameras: new VectorSource(), places: new VectorSource(), gaps: new VectorSource(), points: new VectorSource(), sought: new VectorSource(), proposed: new VectorSource() };
  private readonly shown = new Map<LayerName, VectorLayer>();
  private readonly sketch = new VectorSource();
  private readonly outline = new VectorSource();
  private readonly handles = new Collection<Feature>();
  private drawing: Draw | null = null;
  private tool: Tool = "look";
  private draft: Sight | null = null;
  private chosen = "";

  private constructor(private readonly config: MapConfig, private theme: Theme, private readonly events: MapEvents, element: HTMLElement) {
    this.map = new OlMap({
      target: element,
      controls: [new Zoom({ zoomInTipLabel: "", zoomOutTipLabel: "" }), new ScaleLine()],
      view: new View({ center: this.project(config.centre), zoom: config.zoom, minZoom: 3, maxZoom: 20, constrainRotation: true, enableRotation: false }),
    });
  }

  /** A map in `element` (which should be focusable: arrows move, + and - zoom). Throws what the tiles answer. */
  static async open(element: HTMLElement, config: MapConfig, theme: Theme, events: MapEvents): Promise<CityMap> {
    const made = new CityMap(config, theme, events, element);
    const base = await baseLayer(config, () => made.theme);
    base.setZIndex(-1);
    made.map.addLayer(base);
    made.build();
    return made;
  }

  close(): void {
    this.map.setTarget();
    this.map.dispose();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.ground();
    for (const layer of this.map.getAllLayers()) layer.changed();
  }

  /** What one layer shows, instead of what it showed. */
  show(name: LayerName, things: readonly Thing[]): void {
    const features = things.flatMap((thing) => this.features(thing));
    this.layers[name].clear(true);
    this.layers[name].addFeatures(features);
  }

  setVisible(name: LayerName, visible: boolean): void {
    this.shown.get(name)?.setVisible(visible);
  }

  /** Mark one thing, and draw its outline when it has one (GeoJSON, WGS-84). */
  choose(id: string, geometry: object | null = null): void {
    this.chosen = id;
    this.outline.clear();
    if (geometry !== null) {
      const shape = new GeoJSON().readGeometry(geometry) as Geometry;
      shape.applyTransform((flat, out, stride = 2) => {
        const target = out ?? flat;
        for (let index = 0; index < flat.length; index += stride) {
          const [x, y] = this.project([flat[index] as number, flat[index + 1] as number]);
          target[index] = x as number;
          target[index + 1] = y as number;
        }
        return target;
      });
      this.outline.addFeature(new Feature({ geometry: shape, kind: "outline" }));
    }
    for (const layer of this.shown.values()) layer.changed();
  }

  goTo(at: LonLat, zoom = 17): void {
    this.map.getView().animate({ center: this.project(at), zoom: Math.max(zoom, this.map.getView().getZoom() ?? 0), duration: 250 });
  }

  fit(box: readonly [number, number, number, number]): void {
    const [west, south] = this.project([box[0], box[1]]) as [number, number];
    const [east, north] = this.project([box[2], box[3]]) as [number, number];
    this.map.getView().fit([west, south, east, north], { padding: [60, 60, 60, 60], maxZoom: 18, duration: 250 });
  }

  get centre(): LonLat {
    return this.unproject(this.map.getView().getCenter() ?? [0, 0]);
  }

  /** Where a point of the ground is on the page, in CSS pixels from the map's corner. */
  pixelOf(at: LonLat): [number, number] {
    const pixel = this.map.getPixelFromCoordinate(this.project(at));
    return [pixel?.[0] ?? 0, pixel?.[1] ?? 0];
  }

  use(tool: Tool): void {
    this.tool = tool;
    if (this.drawing) this.map.removeInteraction(this.drawing);
    this.drawing = null;
    this.sketch.clear();
    if (tool === "look") return;
    const draw = new Draw({ source: this.sketch, type: SHAPE_OF[tool], freehand: tool === "lasso", style: (feature) => featureStyle(feature, this.theme, false) });
    draw.on("drawstart", (event) => {
      this.sketch.clear();
      const shape = event.feature.getGeometry();
      if (tool === "measure" && shape instanceof LineString) shape.on("change", () => this.events.measured?.(lengthOf(this.line(shape)), false));
    });
    draw.on("drawend", (event) => this.drawn(tool, event.feature.getGeometry()));
    this.drawing = draw;
    this.map.addInteraction(draw);
  }

  /**
   * What a key does to the line or point being drawn; false when it is none of its keys. Escape leaves it off, Backspace
   * takes the last point back, Enter ends it, and the space bar sets a point in the middle of the map.
   */
  draws(key: string): boolean {
    const draw = this.drawing;
    if (draw === null) return false;
    if (key === "Escape") draw.abortDrawing();
    else if (key === "Backspace") draw.removeLastPoint();
    else if (key === "Enter") draw.finishDrawing();
    else if (key === " ") this.setInTheMiddle(draw);
    else return false;
    return true;
  }

  /** The view of a point that is being planned, with handles to move and to turn it; null takes it away. */
  setDraft(sight: Sight | null): void {
    this.draft = sight;
    if (sight === null) this.handles.clear();
    else if (this.handles.getLength() === 0) for (const role of ["apex", "tip"]) this.handles.push(new Feature({ kind: "handle", role, geometry: new Point([0, 0]) }));
    this.drawDraft();
  }

  private build(): void {
    const style = (feature: FeatureLike, resolution: number): ReturnType<typeof featureStyle> => {
      const thing = feature.get("thing") as Thing | undefined;
      const chosen = thing !== undefined && thing.id === this.chosen && this.chosen !== "";
      const close = this.map.getView().getZoomForResolution(resolution) ?? 0;
      if (feature instanceof Feature) feature.set("label", chosen || close >= LABELS_FROM_ZOOM ? (thing?.label ?? "") : "", true);
      return featureStyle(feature, this.theme, chosen);
    };
    this.map.addLayer(new VectorLayer({ source: this.outline, style, zIndex: 1 }));
    (["places", "cameras", "gaps", "points", "proposed", "sought"] as const).forEach((name, index) => {
      const layer = new VectorLayer({ source: this.layers[name], style, zIndex: 2 + index });
      this.shown.set(name, layer);
      this.map.addLayer(layer);
    });
    this.map.addLayer(new VectorLayer({ source: this.sketch, style, zIndex: 8 }));
    this.map.addLayer(new VectorLayer({ source: new VectorSource({ features: this.handles }), style, zIndex: 9 }));
    const translate = new Translate({ features: this.handles, hitTolerance: 8 });
    translate.on("translating", (event) => this.dragged(event.features.item(0)));
    this.map.addInteraction(translate);
    this.map.on("moveend", () => this.moved());
    this.map.on("pointermove", (event) => {
      if (!event.dragging) this.events.pointed?.(this.unproject(event.coordinate));
    });
    this.map.on("singleclick", (event) => {
      if (this.drawing) return;
      const found = this.map.getFeaturesAtPixel(event.pixel, { hitTolerance: 6 }).map((one) => one.get("thing") as Thing | undefined);
      const things = [...new Map(found.filter((one) => one !== undefined).map((one) => [`${one.kind} ${one.id}`, one])).values()];
      this.events.clicked?.(things, this.unproject(event.coordinate));
    });
    this.ground();
  }

  private ground(): void {
    const element = this.map.getTargetElement();
    if (element) element.style.background = COLOURS[this.theme].water;
  }

  private moved(): void {
    const view = this.map.getView();
    const [west, south, east, north] = view.calculateExtent(this.map.getSize()) as [number, number, number, number];
    const low = this.unproject([west, south]);
    const high = this.unproject([east, north]);
    this.events.moved?.([low[0], low[1], high[0], high[1]], Math.round(view.getZoom() ?? this.config.zoom));
  }

  private features(thing: Thing): Feature[] {
    const { kind, at, state, count, of } = thing;
    if (thing.line) return [new Feature({ geometry: new LineString(thing.line.map((one) => this.project(one))), thing, kind })];
    const mark = new Feature({ geometry: new Point(this.project(at)), thing, kind, state, count, of });
    if (!thing.sight) return [mark];
    const ring = new Polygon([sector(thing.sight).map((one) => this.project(one))]);
    return [new Feature({ geometry: ring, thing, kind: VIEW_OF[kind] ?? "view" }), mark];
  }

  private drawn(tool: Exclude<Tool, "look">, shape: Geometry | undefined): void {
    if (shape instanceof LineString && tool === "measure") this.events.measured?.(lengthOf(this.line(shape)), true);
    if (shape instanceof LineString && tool === "route") this.events.routed?.(this.line(shape));
    if (shape instanceof Point) this.events.spotted?.(this.unproject(shape.getCoordinates()));
    if (shape instanceof Polygon) this.lassoed((shape.getCoordinates()[0] ?? []).map((one) => this.unproject(one)));
    if (tool === "spot" || tool === "route") setTimeout(() => this.sketch.clear()); // whoever was told shows it from now on
  }

  private setInTheMiddle(draw: Draw): void {
    const middle = this.map.getView().getCenter() ?? [0, 0];
    if (this.tool === "spot") this.events.spotted?.(this.unproject(middle));
    else draw.appendCoordinates([middle]);
  }

  private lassoed(ring: readonly LonLat[]): void {
    const found = new Map<string, Thing>();
    for (const name of ["cameras", "places", "gaps", "points"] as const) {
      if (this.shown.get(name)?.getVisible() === false) continue;
      for (const feature of this.layers[name].getFeatures()) {
        const thing = feature.get("thing") as Thing;
        if (within(thing.at, ring)) found.set(`${thing.kind} ${thing.id}`, thing);
      }
    }
    this.events.lassoed?.([...found.values()], ring);
  }

  private dragged(handle: Feature | undefined): void {
    const shape = handle?.getGeometry();
    if (!(shape instanceof Point) || this.draft === null) return;
    const at = this.unproject(shape.getCoordinates());
    const distance = Math.round(Math.min(FURTHEST_M, Math.max(NEAREST_M, metresBetween(this.draft.at, at))));
    this.draft = handle?.get("role") === "apex" ? { ...this.draft, at } : { ...this.draft, azimuth: azimuthOf(this.draft.at, at), distance };
    this.drawDraft();
    this.events.drafted?.(this.draft);
  }

  private drawDraft(): void {
    this.sketch.clear();
    if (this.draft === null) return;
    this.sketch.addFeature(new Feature({ geometry: new Polygon([sector(this.draft).map((one) => this.project(one))]), kind: "draft" }));
    const places = [this.draft.at, ahead(this.draft.at, this.draft.azimuth, this.draft.distance)];
    this.handles.forEach((handle, index) => (handle.getGeometry() as Point).setCoordinates(this.project(places[index] as LonLat)));
  }

  private line(shape: LineString): LonLat[] {
    return shape.getCoordinates().map((one) => this.unproject(one));
  }

  private project(at: LonLat): number[] {
    return fromLonLat([...fromWgs84(at, this.config.datum)]);
  }

  private unproject(at: number[]): LonLat {
    const [lon, lat] = toLonLat(at) as [number, number];
    return toWgs84([lon, lat], this.config.datum);
  }
}
