/** The register of cameras with what each is doing now, asked again every few seconds while somebody looks. */
import { computed, ref } from "vue";

import { api } from "../api/calls";
import type { Camera, StreamStatus } from "../api/types";
import { t } from "../i18n";

export const cameras = ref<readonly Camera[]>([]);
export const camerasLoaded = ref(false);
export const camerasError = ref<unknown>(null);

export const cameraById = computed(() => new Map(cameras.value.map((camera) => [camera.id, camera])));

const POLL_MS = 3_000;
let watchers = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

export async function refreshCameras(): Promise<void> {
  try {
    cameras.value = await api.cameras();
    camerasError.value = null;
  } catch (error) {
    camerasError.value = error;
  } finally {
    camerasLoaded.value = true;
  }
}

async function poll(): Promise<void> {
  if (!document.hidden) await refreshCameras();
  if (watchers > 0) timer = setTimeout(() => void poll(), POLL_MS);
}

/** Keep the list fresh until the returned function is called. */
export function watchCameras(): () => void {
  if (++watchers === 1) void poll();
  return () => {
    if (--watchers === 0 && timer) clearTimeout(timer);
  };
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

/** Cameras by group, those matching `text` only (in name or group, without case). */
export function grouped(all: readonly Camera[], text: string): CameraGroup[] {
  const wanted = text.trim().toLowerCase();
  const groups = new Map<string, Camera[]>();
  for (const camera of all) {
    const words = `${camera.name} ${camera.group} ${camera.id}`.toLowerCase();
    if (wanted !== "" && !wanted.split(/\s+/).every((word) => words.includes(word))) continue;
    const name = camera.group || t("common.unnamed_group");
    const group = groups.get(name);
    if (group) group.push(camera);
    else groups.set(name, [camera]);
  }
  return [...groups].map(([name, members]) => ({ name, cameras: members }));
}
