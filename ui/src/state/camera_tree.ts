/**
 * The tree of cameras with video: first its branches with their numbers, the cameras of a branch once it is open. A small
 * installation has all of it open at once.
 */
import { computed, onMounted, onUnmounted, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from "vue";

import { api } from "../api/calls";
import type { Branch, Camera, CameraTree } from "../api/types";
import { cameraById, holdCameras } from "./cameras";

const POLL_MS = 5_000;
const SMALL = 200; // so many cameras are shown without asking for a branch
const AT_ONCE = 200;

export interface ShownBranch extends Branch {
  readonly open: boolean;
  readonly rows: readonly Camera[];
  readonly more: boolean; // not all of its cameras are here yet
}

interface Loaded {
  readonly ids: readonly string[];
  readonly next: string | null;
  readonly of: number; // cameras the branch had then
}

export interface UsedTree {
  readonly tree: ShallowRef<CameraTree | null>;
  readonly branches: ComputedRef<readonly ShownBranch[]>;
  readonly shownIds: ComputedRef<readonly string[]>;
  readonly error: Ref<unknown>;
  readonly toggle: (group: string) => void;
  readonly more: (group: string) => Promise<void>;
}

export function useCameraTree(): UsedTree {
  const tree = shallowRef<CameraTree | null>(null);
  const loaded = shallowRef<ReadonlyMap<string, Loaded>>(new Map());
  const turned = ref<ReadonlySet<string>>(new Set()); // branches that a person has opened or shut
  const error = ref<unknown>(null);
  const under_way = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const small = computed(() => (tree.value?.cameras ?? 0) <= SMALL);
  const isOpen = (group: string): boolean => small.value !== turned.value.has(group);

  const branches = computed(() =>
    (tree.value?.items ?? []).map((branch): ShownBranch => {
      const of = loaded.value.get(branch.group);
      const rows = (of?.ids ?? []).map((id) => cameraById.value.get(id)).filter((one): one is Camera => one !== undefined);
      return { ...branch, open: isOpen(branch.group), rows, more: of?.next != null };
    }),
  );
  const shownIds = computed(() => branches.value.flatMap((branch) => (branch.open ? branch.rows.map((camera) => camera.id) : [])));

  function keep(group: string, one: Loaded): void {
    loaded.value = new Map(loaded.value).set(group, one);
  }

  async function read(branch: Branch, cursor: string | null): Promise<void> {
    if (under_way.has(branch.group)) return;
    under_way.add(branch.group);
    try {
      const page = await api.camerasPage({ branch: branch.group, streamed: true, limit: AT_ONCE, cursor });
      holdCameras(page.items);
      const before = cursor === null ? [] : (loaded.value.get(branch.group)?.ids ?? []);
      keep(branch.group, { ids: [...before, ...page.items.map((camera) => camera.id)], next: page.next, of: branch.cameras });
      error.value = null;
    } catch (failure) {
      error.value = failure;
    } finally {
      under_way.delete(branch.group);
    }
  }

  /** All branches of a small tree in one question. */
  async function readAll(now: CameraTree): Promise<void> {
    const page = await api.camerasPage({ streamed: true, limit: SMALL });
    holdCameras(page.items);
    const next = new Map<string, Loaded>();
    for (const branch of now.items) {
      const ids = page.items.filter((camera) => camera.group === branch.group).map((camera) => camera.id);
      next.set(branch.group, { ids, next: null, of: branch.cameras });
    }
    loaded.value = next;
  }

  async function load(): Promise<void> {
    try {
      const now = await api.cameraTree();
      const stale = now.items.filter((branch) => loaded.value.get(branch.group)?.of !== branch.cameras);
      if (now.cameras <= SMALL && stale.length > 0) await readAll(now);
      tree.value = now;
      error.value = null;
      if (now.cameras > SMALL) await Promise.all(stale.filter((branch) => isOpen(branch.group)).map((branch) => read(branch, null)));
    } catch (failure) {
      error.value = failure;
    }
  }

  async function poll(): Promise<void> {
    if (!document.hidden) await load();
    if (!stopped) timer = setTimeout(() => void poll(), POLL_MS);
  }

  function toggle(group: string): void {
    const next = new Set(turned.value);
    if (!next.delete(group)) next.add(group);
    turned.value = next;
    const branch = tree.value?.items.find((one) => one.group === group);
    if (branch && isOpen(group) && !loaded.value.has(group)) void read(branch, null);
  }

  async function more(group: string): Promise<void> {
    const branch = tree.value?.items.find((one) => one.group === group);
    const next = loaded.value.get(group)?.next;
    if (branch && next != null) await read(branch, next);
  }

  onMounted(() => void poll());
  onUnmounted(() => {
    stopped = true;
    clearTimeout(timer);
  });

  return { tree, branches, shownIds, error, toggle, more };
}
