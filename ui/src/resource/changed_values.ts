/** What a form sends: only what differs from what it began with, so that nobody's change is undone by an untouched field. */
import type { Values } from "./resource";

export function changedValues(now: Values, began: Values): Values {
  return Object.fromEntries(
    Object.entries(now)
      .map(([name, value]) => [name, typeof value === "string" ? value.trim() : value] as const)
      .filter(([name, value]) => JSON.stringify(value ?? "") !== JSON.stringify(began[name] ?? "")),
  );
}
