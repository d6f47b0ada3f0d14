/** Emergencies that run and that one may know of: shown on every screen while they do. */
import { ref } from "vue";

import { retrievals, type Retrieval } from "../api/retrievals";
import { may } from "./session";

const POLL_MS = 15_000;
export const emergencies = ref<readonly Retrieval[]>([]);

/** Those that still open something at `now_ms`. */
export function running(rows: readonly Retrieval[], now_ms: number): readonly Retrieval[] {
  return rows.filter((row) => (row.state === "emergency" || row.state === "confirmed") && (row.closes_s ?? 0) * 1000 > now_ms);
}

/** Ask again and again until the returned function is called. */
export function watchEmergencies(): () => void {
  const asking = new AbortController();
  const ask = async (): Promise<void> => {
    if (!may("retrievals.read_asked") || document.hidden) return;
    try {
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
