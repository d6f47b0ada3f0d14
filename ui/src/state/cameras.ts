/**
 * The cameras that something on the screen shows, with what each is doing now, asked again every few seconds. Never all of
 * them: an installation has tens of thousands. What shows cameras says which (`watchCameras`), or hands in rows it has read.
 */
import { computed, onUnmounted, ref, shallowRef, watch } from "vue";

import { api } from "../api/calls";
import type { Camera, StreamStatus } from "../api/types";
import { t } from "../i18n";
import { me } from "./session";

const held = shallowRef<ReadonlyMap<string, Camera>>(new Map());
const answered = shallowRef<ReadonlySet<string>>(new Set());

export const camerasError = ref<unknown>(null);
export const cameraById = computed(() => held.value);

/** Whether the server was asked for it: only then one may say that there is no such camera. */
export function isAnswered(id: string): boolean {
  return answered.value.has(id);
}

const POLL_MS = 3_000;
const AT_ONCE = 200; // ids in one question

type Watched = () => readonly string[];
const watched = new Set<Watched>();
let polling = false;
let turn = 0;

// Another person sees other cameras.
watch(() => me.value?.id, () => {
  held.value = new Map();
  answered.value = new Set();
});

/** Keep rows that somebody has read anyhow. */
export function holdCameras(rows: readonly Camera[]): void {
  const next = new Map(held.value);
  for (const camera of rows) next.set(camera.id, camera);
  held.value = next;
  answered.value = new Set([...answered.value, ...rows.map((camera) => camera.id)]);
}

async function ask(ids: readonly string[]): Promise<void> {
  const owner = me.value?.id;
  try {
    const rows = await api.camerasNamed(ids);
    if (me.value?.id !== owner) return;
    const next = new Map(held.value);
    for (const id of ids) next.delete(id); // gone, or not his to see any more
    for (const camera of rows) next.set(camera.id, camera);
    held.value = next;
    answered.value = new Set([...answered.value, ...ids]);
    camerasError.value = null;
  } catch (error) {
    camerasError.value = error;
  }
}

/** Ids in the order of those who watch: the first come first, and again when all have had their turn. */
export function partOf(ids: readonly string[], turn: number, size: number): readonly string[] {
  const parts = Math.max(1, Math.ceil(ids.length / size));
  const from = (turn % parts) * size;
  return ids.slice(from, from + size);
}

function allWatched(): readonly string[] {
  return [...new Set([...watched].flatMap((ids) => ids()))];
}

async function poll(): Promise<void> {
  const ids = allWatched();
  if (!document.hidden && ids.length > 0) await ask(partOf(ids, turn++, AT_ONCE));
  if (watched.size > 0) pollLater();
  else polling = false;
}

function pollLater(): void {
  polling = true;
  setTimeout(() => void poll(), POLL_MS);
}

/** Ask now for those of `ids` that nothing is known of yet. */
export async function needCameras(ids: readonly string[]): Promise<void> {
  const unknown = ids.filter((id) => !answered.value.has(id));
  for (let at = 0; at < unknown.length; at += AT_ONCE) await ask(unknown.slice(at, at + AT_ONCE));
}

/** Of a component: keep these cameras fresh until it goes. */
export function watchCameras(ids: Watched): void {
  watched.add(ids);
  watch(ids, (now) => void needCameras(now), { immediate: true });
  if (!polling) pollLater();
  onUnmounted(() => watched.delete(ids));
}

export type CameraState = "streaming" | "connecting" | "failed" | "stopped" | "disabled" | "unknown";

export interface CameraHealth {
  readonly state: CameraState;
  readonly reason: string | null;
  readonly detail: string; // the engine's own words, in the user's language
  readonly recording: boolean;
  readonly status: StreamStatus | null;
}

export function healthOf(camera: Camera, stream?: string): CameraHealth {
  const status = camera.status.find((one) => one.stream === (stream ?? "main")) ?? camera.status[0] ?? null;
  if (!camera.enabled) return { state: "disabled", reason: "disabled", detail: "", recording: false, status };
  if (!status) return { state: "unknown", reason: null, detail: "", recording: false, status };
  return { state: status.state, reason: status.reason, detail: status.detail, recording: status.recording, status };
}

export interface CameraGroup {
  readonly name: string;
  readonly cameras: readonly Camera[];
}

/** Cameras by group, in the order in which they come. */
export function grouped(all: readonly Camera[]): CameraGroup[] {
  const groups = new Map<string, Camera[]>();
  for (const camera of all) {
    const name = camera.group || t("common.unnamed_group");
    const group = groups.get(name);
    if (group) group.push(camera);
    else groups.set(name, [camera]);
  }
  return [...groups].map(([name, members]) => ({ name, cameras: members }));
}
