/** A search for cameras that the server makes: begun, asked how it goes on, called off. */
import { computed, ref } from "vue";

import { api } from "../api/calls";
import type { FoundDevice, SearchState } from "../api/types";

export interface SearchInput {
  readonly method: "onvif" | "range";
  readonly range?: string;
  readonly port?: number;
}

const ASK_MS = 400;

/** One search at a time; a new one, or `stop`, ends the one before. */
export function useSearch() {
  const search = ref<SearchState | null>(null);
  const error = ref<unknown>(null);
  const busy = ref(false);
  let turn = 0;

  async function follow(mine: number): Promise<void> {
    while (mine === turn && search.value?.state === "running") {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      if (mine !== turn) return;
      const now = await api.search(search.value.id);
      if (mine === turn) search.value = now;
    }
  }

  async function start(input: SearchInput): Promise<void> {
    stop();
    const mine = ++turn;
    search.value = null;
    error.value = null;
    busy.value = true;
    try {
      const begun = await api.beginSearch(input);
      if (mine !== turn) {
        await api.cancelSearch(begun.id);
        return;
      }
      search.value = begun;
      await follow(mine);
    } catch (failure) {
      if (mine === turn) error.value = failure;
    } finally {
      if (mine === turn) busy.value = false;
    }
  }

  /** Call it off; what it has found so far still comes. */
  function stop(): void {
    if (search.value?.state === "running") {
      api.cancelSearch(search.value.id).catch((failure: unknown) => { error.value = failure; });
    }
  }

  /** Call it off and forget it. */
  function leave(): void {
    stop();
    turn++;
    search.value = null;
    error.value = null;
    busy.value = false;
  }

  const found = computed<readonly FoundDevice[]>(() => search.value?.found ?? []);
  return { search, found, error, busy, start, stop, leave };
}
