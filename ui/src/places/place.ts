/** What a place of the application is: an entry in the navigation and the route behind it (docs/design/screens.md). */
import type { Component } from "vue";

import type { Key } from "../i18n";

/** The groups of the navigation, in the order shown. `own` is the foot of the side bar: one's own settings. */
export const GROUPS = ["work", "monitor", "register", "evidence", "system", "own"] as const;
export type Group = (typeof GROUPS)[number];

export interface Place {
  readonly name: string; // of the route
  readonly path: string; // `/audit`; routes below it, `/audit/:id`, belong to the place as well
  readonly title: Key;
  readonly group: Group;
  readonly icon: Component;
  readonly screen: () => Promise<unknown>; // a dynamic import: nothing of a screen is loaded before somebody goes there
  readonly needs?: string; // the permission without which it is not shown; the server decides again
  readonly video?: boolean; // it shows pictures of cameras: they go when the screen locks
  readonly pinned?: boolean; // on a phone's bar; at most four of all places
}

/** The place that `path` is in: the one with the longest path that begins it. */
export function placeOf<One extends Pick<Place, "path">>(path: string, places: readonly One[]): One | undefined {
  return places
    .filter((place) => path === place.path || path.startsWith(`${place.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

/** A phone's bar: the pinned places, and where one is even when that is not pinned (it takes the last seat). */
export function phoneBar<One extends Pick<Place, "name" | "pinned">>(places: readonly One[], here: One | undefined, seats = 4): readonly One[] {
  const pinned = places.filter((place) => place.pinned === true).slice(0, seats);
  if (here === undefined || pinned.some((place) => place.name === here.name)) return pinned;
  return [...pinned.slice(0, seats - 1), here];
}
