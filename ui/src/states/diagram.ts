/** A state table as a drawing: columns by how far a state is from the beginning, ways between them as paths. Pure. */
import type { components } from "../api/schema.gen";

export type StateTable = components["schemas"]["StateTableOut"];

export interface Box {
  readonly name: string;
  readonly x: number; // of the left upper corner, in units of the drawing
  readonly y: number;
}

export interface Way {
  readonly source: string;
  readonly event: string;
  readonly target: string;
  readonly path: string; // of an SVG path, ending at the target's edge
  readonly at: readonly [number, number]; // on the way, for its number
}

export interface Diagram {
  readonly width: number;
  readonly height: number;
  readonly boxWidth: number;
  readonly boxHeight: number;
  readonly boxes: readonly Box[];
  readonly ways: readonly Way[];
}

const BOX_HEIGHT = 40;
const GAP_X = 76;
const GAP_Y = 34;
const MARGIN = 12;
const ARC = 26; // how far a way above or below the boxes is from the one before it

/** Steps from the initial state; what cannot be reached comes last. */
function ranks(table: StateTable): ReadonlyMap<string, number> {
  const found = new Map([[table.initial, 0]]);
  const queue = [table.initial];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const way of table.transitions) {
      if (way.source !== name || found.has(way.target)) continue;
      found.set(way.target, (found.get(name) ?? 0) + 1);
      queue.push(way.target);
    }
  }
  const last = Math.max(...found.values()) + 1;
  for (const state of table.states) if (!found.has(state.name)) found.set(state.name, last);
  return found;
}

/** The place of each state, those that end a way below those that go on. */
function placed(table: StateTable, rank: ReadonlyMap<string, number>, boxWidth: number): readonly Box[] {
  const rows = new Map<number, number>();
  const order = [...table.states].sort((a, b) => Number(a.final) - Number(b.final));
  return order.map(({ name }) => {
    const column = rank.get(name) ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { name, x: MARGIN + column * (boxWidth + GAP_X), y: MARGIN + row * (BOX_HEIGHT + GAP_Y) };
  });
}

export function layout(table: StateTable, boxWidth: number): Diagram {
  const rank = ranks(table);
  const level = placed(table, rank, boxWidth);
  const rowOf = new Map(level.map((box) => [box.name, box.y]));
  const far = table.transitions.filter((way) => Math.abs((rank.get(way.target) ?? 0) - (rank.get(way.source) ?? 0)) > 1);
  const over = far.filter((way) => rowOf.get(way.source) === MARGIN && rowOf.get(way.target) === MARGIN); // nothing stands above the first row
  const boxes = level.map((box) => ({ ...box, y: box.y + ARC * over.length }));
  const byName = new Map(boxes.map((box) => [box.name, box]));
  const floor = Math.max(...boxes.map((box) => box.y)) + BOX_HEIGHT;
  const reverse = (a: string, b: string): boolean => table.transitions.some((way) => way.source === a && way.target === b);
  let below = 0;
  let above = 0;
  const ways = table.transitions.flatMap((way): Way[] => {
    const from = byName.get(way.source);
    const to = byName.get(way.target);
    if (!from || !to || from === to) return [];
    const step = (rank.get(way.target) ?? 0) - (rank.get(way.source) ?? 0);
    const { source, event, target } = way;
    const middle = BOX_HEIGHT / 2;
    if (Math.abs(step) === 1) {
      const shift = reverse(target, source) ? (step > 0 ? -8 : 8) : 0;
      const [x1, x2] = step > 0 ? [from.x + boxWidth, to.x] : [from.x, to.x + boxWidth];
      const [y1, y2] = [from.y + middle + shift, to.y + middle + shift];
      const bend = (x1 + x2) / 2;
      return [{ source, event, target, path: `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`, at: [bend, (y1 + y2) / 2] }];
    }
    if (step === 0) {
      const x = from.x + boxWidth / 2;
      const [y1, y2] = from.y < to.y ? [from.y + BOX_HEIGHT, to.y] : [from.y, to.y + BOX_HEIGHT];
      return [{ source, event, target, path: `M${x} ${y1} L${x} ${y2}`, at: [x, (y1 + y2) / 2] }];
    }
    if (over.includes(way)) {
      above += 1;
      const [x1, x2] = [from.x + boxWidth / 2, to.x + boxWidth / 2];
      const top = from.y - ARC * above * 1.25;
      return [{ source, event, target, path: `M${x1} ${from.y} C${x1} ${top} ${x2} ${top} ${x2} ${to.y}`, at: [(x1 + x2) / 2, from.y / 4 + (top * 3) / 4] }];
    }
    below += 1;
    const [x1, x2] = [from.x + boxWidth / 2 + 14, to.x + boxWidth / 2 + 14];
    const [y1, y2, deep] = [from.y + BOX_HEIGHT, to.y + BOX_HEIGHT, floor + ARC * below];
    return [{ source, event, target, path: `M${x1} ${y1} C${x1} ${deep} ${x2} ${deep} ${x2} ${y2}`, at: [(x1 + x2) / 2, (y1 + y2) / 8 + (deep * 3) / 4] }];
  });
  const width = Math.max(...boxes.map((box) => box.x)) + boxWidth + MARGIN;
  return { width, height: floor + ARC * below + MARGIN, boxWidth, boxHeight: BOX_HEIGHT, boxes, ways };
}

/** How wide a box must be for its longest word: a Chinese sign takes the place of two letters. */
export function widthFor(labels: readonly string[]): number {
  const wide = (label: string): number => [...label].reduce((sum, sign) => sum + (sign.codePointAt(0)! > 0x2e7f ? 15 : 7.8), 0);
  return Math.max(84, ...labels.map(wide)) + 22;
}
