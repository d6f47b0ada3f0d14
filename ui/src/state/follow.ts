/** Something of the server that changes by itself: read when the screen opens, again while it changes, never after it is gone. */
import { onMounted, onUnmounted, shallowRef, type ShallowRef } from "vue";

export interface Followed {
  readonly error: ShallowRef<unknown>; // of the last reading
  readonly load: () => Promise<void>;
}

export interface Following<Value> {
  readonly read: (signal: AbortSignal) => Promise<Value>;
  readonly take: (value: Value) => void; // the answer to the latest question; older ones are dropped
  readonly again_ms: () => number | null; // until it is read again; null: it stands still
}

/** Reads without being told to as well; `again_ms` is asked after each reading. A hidden page waits. */
export function useFollowed<Value>(what: Following<Value>): Followed {
  const { error, load, stop } = follow(what, () => document.hidden);
  onMounted(() => void load());
  onUnmounted(stop);
  return { error, load };
}

/** The same without a component around it. */
export function follow<Value>({ read, take, again_ms }: Following<Value>, hidden: () => boolean): Followed & { readonly stop: () => void } {
  const error = shallowRef<unknown>(null);
  const asking = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;

  function wait(): void {
    clearTimeout(timer);
    const pause = asking.signal.aborted ? null : again_ms();
    if (pause !== null) timer = setTimeout(() => (hidden() ? wait() : void load()), pause);
  }

  async function load(): Promise<void> {
    clearTimeout(timer);
    const mine = ++latest;
    try {
      const value = await read(asking.signal);
      if (mine !== latest || asking.signal.aborted) return;
      take(value);
      error.value = null;
    } catch (failure) {
      if (mine !== latest || asking.signal.aborted) return;
      error.value = failure;
    }
    wait();
  }

  function stop(): void {
    asking.abort();
    clearTimeout(timer);
  }
  return { error, load, stop };
}
