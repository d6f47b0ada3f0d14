/** The live wall as a value: which camera is in which tile, what is maximised. Every change gives a new wall. */

export const LAYOUTS = [1, 4, 9, 16] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface Wall {
  readonly layout: Layout;
  readonly tiles: readonly (string | null)[]; // camera ids; always `layout` long
  readonly maximised: number | null;
}

export function emptyWall(layout: Layout = 9): Wall {
  return { layout, tiles: Array.from({ length: layout }, () => null), maximised: null };
}

/** Another number of tiles. Cameras keep their order; empty tiles give way first, then the last cameras fall out. */
export function withLayout(wall: Wall, layout: Layout): Wall {
  let tiles = [...wall.tiles];
  if (tiles.length > layout) {
    const filled = tiles.filter((tile) => tile !== null);
    if (filled.length <= layout) while (tiles.length > layout) tiles.splice(tiles.lastIndexOf(null), 1);
    else tiles = filled.slice(0, layout);
  }
  while (tiles.length < layout) tiles.push(null);
  return { layout, tiles, maximised: null };
}

/** Put a camera into a tile. One that is on the wall already changes places with what was there. */
export function place(wall: Wall, tile: number, camera: string): Wall {
  if (tile < 0 || tile >= wall.layout) return wall;
  const before = wall.tiles.indexOf(camera);
  if (before >= 0) return swap(wall, before, tile);
  return { ...wall, tiles: wall.tiles.map((old, index) => (index === tile ? camera : old)) };
}

/** Put a camera into the first empty tile, else into the last one; stays when it is on the wall already. */
export function placeAnywhere(wall: Wall, camera: string): Wall {
  if (wall.tiles.includes(camera)) return wall;
  const free = wall.tiles.indexOf(null);
  return place(wall, free >= 0 ? free : wall.layout - 1, camera);
}

export function swap(wall: Wall, a: number, b: number): Wall {
  if (a === b || a < 0 || b < 0 || a >= wall.layout || b >= wall.layout) return wall;
  const tiles = [...wall.tiles];
  [tiles[a], tiles[b]] = [tiles[b] ?? null, tiles[a] ?? null];
  const follow = (tile: number | null): number | null => (tile === a ? b : tile === b ? a : tile);
  return { ...wall, tiles, maximised: follow(wall.maximised) };
}

export function clear(wall: Wall, tile: number): Wall {
  return {
    ...wall,
    tiles: wall.tiles.map((old, index) => (index === tile ? null : old)),
    maximised: wall.maximised === tile ? null : wall.maximised,
  };
}

export function toggleMaximised(wall: Wall, tile: number): Wall {
  if (!wall.tiles[tile]) return wall;
  return { ...wall, maximised: wall.maximised === tile ? null : tile };
}

/** Fill empty tiles with cameras that are not on the wall yet, in order. */
export function fill(wall: Wall, cameras: readonly string[]): Wall {
  const rest = cameras.filter((camera) => !wall.tiles.includes(camera));
  return { ...wall, tiles: wall.tiles.map((tile) => tile ?? rest.shift() ?? null) };
}

/** Which stream a tile shows: the main one when it is large, the sub one where there is one otherwise. */
export function streamFor(wall: Wall, tile: number, hasSub: boolean): "main" | "sub" {
  return !hasSub || wall.layout === 1 || wall.maximised === tile ? "main" : "sub";
}

/** A saved wall as the API has it: so many tiles, null for an empty one. Unknown or broken content gives null. */
export function wallFromJson(value: unknown): Wall | null {
  if (typeof value !== "object" || value === null) return null;
  const { grid, tiles } = value as { grid?: unknown; tiles?: unknown };
  const known = LAYOUTS.find((one) => one === grid);
  if (known === undefined || !Array.isArray(tiles)) return null;
  const clean = tiles.slice(0, known).map((tile: unknown) => {
    const camera = typeof tile === "object" && tile !== null ? (tile as { camera?: unknown }).camera : null;
    return typeof camera === "string" && camera !== "" ? camera : null;
  });
  while (clean.length < known) clean.push(null);
  return { layout: known, tiles: clean, maximised: null };
}

export function wallToJson(wall: Wall): { grid: Layout; tiles: ({ camera: string } | null)[] } {
  return { grid: wall.layout, tiles: wall.tiles.map((camera) => (camera === null ? null : { camera })) };
}
