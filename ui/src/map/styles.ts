/** How features look: a shape for each kind, so that colour is never the only difference. */
import type { FeatureLike } from "ol/Feature";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";

import { COLOURS, FONT, type Theme } from "./theme";

export function featureStyle(feature: FeatureLike, theme: Theme, chosen: boolean): Style | Style[] {
  const colours = COLOURS[theme];
  const edge = new Stroke({ color: chosen ? colours.draft : colours.halo, width: chosen ? 4 : 2 });
  const words = String(feature.get("label") ?? "");
  switch (feature.get("kind")) {
    case "cluster": {
      const count = Number(feature.get("count"));
      const place = feature.get("of") === "places";
      const radius = Math.min(30, 11 + 3.4 * Math.log10(count) * 1.6);
      const fill = new Fill({ color: place ? colours.place : colours.camera });
      const image = place ? new RegularShape({ points: 4, radius: radius + 4, fill, stroke: edge }) : new Circle({ radius, fill, stroke: edge });
      const text = new Text({ text: String(count), font: `600 12px ${FONT}`, fill: new Fill({ color: colours.halo }) });
      return new Style({ image, text, zIndex: place ? 4 : 5 });
    }
    case "camera": {
      const active = feature.get("state") === "active";
      const fill = new Fill({ color: active ? colours.camera : colours.idle });
      const image = active
        ? new Circle({ radius: 6, fill, stroke: edge })
        : new RegularShape({ points: 4, angle: Math.PI / 4, radius: 8, fill, stroke: edge });
      return new Style({ image, zIndex: 6, text: caption(words, theme) });
    }
    case "view":
      return new Style({ fill: new Fill({ color: `${colours.camera}33` }), stroke: new Stroke({ color: colours.camera, width: 1 }), zIndex: 2 });
    case "outline":
      return new Style({ fill: new Fill({ color: `${colours.place}2b` }), stroke: new Stroke({ color: colours.place, width: 2 }), zIndex: 1 });
    case "place":
      return new Style({ image: new RegularShape({ points: 4, radius: 8, fill: new Fill({ color: colours.place }), stroke: edge }), zIndex: 5, text: caption(words, theme) });
    case "gap": {
      const image = new RegularShape({ points: 3, radius: 12, fill: new Fill({ color: colours.gap }), stroke: edge });
      const mark = new Text({ text: "!", font: `700 13px ${FONT}`, offsetY: 1, fill: new Fill({ color: colours.halo }) });
      return [new Style({ image, text: mark, zIndex: 8 }), new Style({ text: caption(words, theme), zIndex: 8 })];
    }
    case "point":
      return new Style({ image: new RegularShape({ points: 5, radius: 11, radius2: 5, fill: new Fill({ color: colours.point }), stroke: edge }), zIndex: 9, text: caption(words, theme) });
    case "pointView":
      return new Style({ fill: new Fill({ color: `${colours.point}26` }), stroke: new Stroke({ color: colours.point, width: 2, lineDash: [7, 5] }), zIndex: 3 });
    case "proposed":
    case "further": {
      const fill = new Fill({ color: feature.get("kind") === "proposed" ? colours.proposed : colours.further });
      const image = feature.get("kind") === "proposed" ? new Circle({ radius: 8, fill, stroke: edge }) : new RegularShape({ points: 4, angle: Math.PI / 4, radius: 8, fill, stroke: edge });
      return new Style({ image, zIndex: 9, text: caption(words, theme) });
    }
    case "proposedView":
      return new Style({ fill: new Fill({ color: `${colours.proposed}40` }), stroke: new Stroke({ color: colours.proposed, width: chosen ? 4 : 2 }), zIndex: 4 });
    case "furtherView":
      return new Style({ fill: new Fill({ color: `${colours.further}14` }), stroke: new Stroke({ color: colours.further, width: chosen ? 4 : 1.5, lineDash: [6, 5] }), zIndex: 3 });
    case "route":
      return new Style({ stroke: new Stroke({ color: colours.draft, width: 5 }), zIndex: 7 });
    case "spot":
      return new Style({ image: new Circle({ radius: 11, fill: new Fill({ color: colours.draft }), stroke: edge }), text: new Text({ text: String((feature.get("thing") as { id: string }).id), font: `700 12px ${FONT}`, fill: new Fill({ color: colours.halo }) }), zIndex: 10 });
    case "draft":
      return new Style({ fill: new Fill({ color: `${colours.draft}40` }), stroke: new Stroke({ color: colours.draft, width: 3, lineDash: [9, 5] }), zIndex: 10 });
    case "handle":
      return new Style({ image: new Circle({ radius: 9, fill: new Fill({ color: colours.draft }), stroke: new Stroke({ color: colours.halo, width: 3 }) }), zIndex: 12 });
    default:
      return new Style({ stroke: new Stroke({ color: colours.draft, width: 3, lineDash: [4, 4] }), fill: new Fill({ color: `${colours.draft}22` }), zIndex: 11 });
  }
}

function caption(text: string, theme: Theme): Text {
  const colours = COLOURS[theme];
  return new Text({ text, font: `12px ${FONT}`, offsetY: 19, fill: new Fill({ color: colours.ink }), stroke: new Stroke({ color: colours.halo, width: 3 }) });
}
