/**
 * Emergencies that run and that one may know of: shown on every screen while they do. Who may read the request sees what it
 * says; the people of a unit whose cameras are open (guards among them) know kind, which of their cameras, since and until, and nothing else.
 */
import { ref } from "vue";

import { retrievals, type OpenEmergency, type Retrieval } from "../api/retrievals";
import { may } from "./session";

const POLL_MS = 15_000;
export const emergencies = ref<readonly Retrieval[]>([]);
export const openHere = ref<readonly OpenEmergency[]>([]);

/** Those that still open something at `now_ms`. */
export function running(rows: readonly Retrieval[], now_ms: number): readonly Retrieval[] {
  return rows.filter((row) => (row.state === "emergency" || row.state === "confirmed") && (row.closes_s ?? 0) * 1000 > now_ms);
}

/** Those open for one's cameras at `now_ms` that are not among the requests one reads anyhow. */
export function known(open: readonly OpenEmergency[], rows: readonly Retrieval[], now_ms: number): readonly OpenEmergency[] {
  const same = (one: OpenEmergency, row: Retrieval): boolean => row.event_kind === one.kind && row.closes_s === one.until_s && JSON.stringify(row.area) === JSON.stringify(one.area);
  return open.filter((one) => one.until_s * 1000 > now_ms && !rows.some((row) => same(one, row)));
}

/** Ask again and again until the returned function is called. */
export function watchEmergencies(): () => void {
  const asking = new AbortController();
  const ask = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      if (may("emergencies.know")) openHere.value = await retrievals.openEmergencies(asking.signal);
      if (!may("retrievals.read_asked")) return;
      const { items } = await retrievals.list({ way: "emergency", limit: 20 }, asking.signal);
      const open = items.filter((one) => one.state === "emergency" || one.state === "confirmed");
      emergencies.value = await Promise.all(open.map((one) => retrievals.get(one.id)));
    } catch {
      // The server does not answer: what was known stays, and ends by its own clock.
    }
  };
  void ask();
  const timer = setInterval(() => void ask(), POLL_MS);
  return () => {
    clearInterval(timer);
    asking.abort();
  };
}
