/** Datums: everything is kept in WGS-84; a map, or a reader, may want another. CGCS2000 differs by centimetres only. */
import gcoord from "gcoord";

import type { LonLat } from "./ground";

export const DATUMS = ["WGS-84", "CGCS2000", "GCJ-02", "BD-09"] as const;
export type Datum = (typeof DATUMS)[number];

const { BD09, GCJ02, WGS84, transform } = gcoord;
const CRS = { "WGS-84": WGS84, CGCS2000: WGS84, "GCJ-02": GCJ02, "BD-09": BD09 } as const;

export function fromWgs84(at: LonLat, datum: Datum): LonLat {
  return CRS[datum] === WGS84 ? at : transform([at[0], at[1]], WGS84, CRS[datum]);
}

export function toWgs84(at: LonLat, datum: Datum): LonLat {
  return CRS[datum] === WGS84 ? at : transform([at[0], at[1]], CRS[datum], WGS84);
}

/** "120.380000, 36.060000": six decimals are a decimetre. */
export function coordinateText(at: LonLat, datum: Datum): string {
  return fromWgs84(at, datum).map((value) => value.toFixed(6)).join(", ");
}
