/** The to-do page as values: what leads where, how late each thing is, what is most pressing. Pure. */
import type { components } from "../api/schema.gen";
import { countdown } from "../filings/countdown";

export type TodoPage = components["schemas"]["TodoPage"];
export type Group = components["schemas"]["GroupOut"];
export type Item = components["schemas"]["TodoOut"];

/** From the most pressing on; `none`: the law gives no day, it is simply to be done. */
export const LATENESS = ["overdue", "urgent", "week", "later", "none"] as const;
export type Lateness = (typeof LATENESS)[number];

export interface Target {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Where each thing is done. A kind that is not here is shown without a link. */
const at = (path: string, query?: Readonly<Record<string, string>>): Target => (query ? { path, query } : { path });
const SCREENS: Readonly<Record<string, (id: string, group: string) => Target>> = {
  filing: (id) => ({ path: `/filings/${encodeURIComponent(id)}` }),
  removal: (id) => ({ path: `/removals/${encodeURIComponent(id)}` }),
  project: (id) => ({ path: `/projects/${encodeURIComponent(id)}` }),
  system: (id, group) => (group.startsWith("filings.") ? at("/filings", { system: id }) : at("/systems", { id })),
  place: (id, group) => (group.startsWith("signs.") ? at("/signs", { place: id }) : at("/places", { id })),
  lead: (id) => at("/leads", { id }),
  retrieval: (id) => at(`/retrievals/${encodeURIComponent(id)}`),
  camera_masks: (id) => at(`/masks/${encodeURIComponent(id)}`),
  mask_lift: (id) => at("/mask-lifts", { id }),
  emergency: () => at("/emergencies"),
  qualification: (id) => at("/contractors", { id }),
};

export function targetOf(group: string, item: Pick<Item, "subject_kind" | "subject_id">): Target | null {
  return SCREENS[item.subject_kind]?.(item.subject_id, group) ?? null;
}

export function latenessOf(item: Pick<Item, "due" | "overdue" | "urgent">, today: string): Lateness {
  if (item.overdue) return "overdue";
  if (item.urgent) return "urgent";
  if (item.due === "") return "none";
  const { daysLeft } = countdown(item.due, today);
  if (daysLeft < 0) return "overdue";
  return daysLeft <= 7 ? "week" : "later";
}

const rank = (one: Lateness): number => LATENESS.indexOf(one);

/** The groups with the most pressing thing first, in each the most pressing first; those without a match left out. */
export function arranged(page: TodoPage, only: Lateness | ""): readonly Group[] {
  const sorted = page.groups.map((group) => ({
    ...group,
    items: group.items
      .filter((item) => only === "" || latenessOf(item, page.today) === only)
      .sort((a, b) => rank(latenessOf(a, page.today)) - rank(latenessOf(b, page.today)) || (a.due || "9").localeCompare(b.due || "9")),
  }));
  const first = (group: Group): number => Math.min(...group.items.map((item) => rank(latenessOf(item, page.today))));
  return sorted.filter((group) => group.items.length > 0).sort((a, b) => first(a) - first(b));
}

/** How many there are of each lateness, among those the server sent. */
export function counted(page: TodoPage): ReadonlyMap<Lateness, number> {
  const found = new Map<Lateness, number>();
  for (const group of page.groups) {
    for (const item of group.items) {
      const one = latenessOf(item, page.today);
      found.set(one, (found.get(one) ?? 0) + 1);
    }
  }
  return found;
}
