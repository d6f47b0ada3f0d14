/** One function for each call of the API that the screens make. */
import { http } from "./client";
import type {
  AuditEntry, Camera, CameraInput, EngineStatus, Me, SavedLayout, TestStep, TicketAnswer, VolumeStatus,
} from "./types";

/** Lists come plain or as `{items: [...]}`; the screens see arrays. */
function items<T>(answer: readonly T[] | { readonly items?: readonly T[] }): readonly T[] {
  return Array.isArray(answer) ? (answer as readonly T[]) : ((answer as { items?: readonly T[] }).items ?? []);
}

export const api = {
  setupNeeded: async (): Promise<boolean> => {
    const answer = await http.get<Record<string, boolean>>("setup");
    return answer["needed"] ?? answer["required"] ?? answer["missing"] ?? false;
  },
  setup: (name: string, password: string): Promise<void> => http.post("setup", { name, password }),
  login: (name: string, password: string): Promise<Me> => http.post("auth/login", { name, password }),
  logout: (): Promise<void> => http.post("auth/logout"),
  me: (): Promise<Me> => http.get("me"),
  patchMe: (change: { language?: string; theme?: string }): Promise<Me> => http.patch("me", change),

  cameras: async (): Promise<readonly Camera[]> => items(await http.get<Camera[] | { items: Camera[] }>("cameras")),
  addCamera: (input: CameraInput): Promise<Camera> => http.post("cameras", input),
  patchCamera: (old: Camera, input: CameraInput): Promise<Camera> =>
    http.patch(`cameras/${encodeURIComponent(old.id)}`, input, old.version),
  removeCamera: (old: Camera, reason: string): Promise<void> =>
    http.delete(`cameras/${encodeURIComponent(old.id)}`, { reason }, old.version),
  testCamera: async (url: string, transport: string): Promise<readonly TestStep[]> => {
    const answer = await http.post<TestStep[] | { steps: TestStep[] }>("cameras/test", { url, transport });
    return Array.isArray(answer) ? answer : answer.steps;
  },

  systemStatus: (): Promise<EngineStatus> => http.get("system/status"),
  volumes: async (): Promise<readonly VolumeStatus[]> => {
    const answer = await http.get<VolumeStatus[] | { volumes?: VolumeStatus[]; items?: VolumeStatus[] }>("system/volumes");
    return Array.isArray(answer) ? answer : (answer.volumes ?? answer.items ?? []);
  },
  confirmTime: (reason: string): Promise<void> => http.post("system/confirm-time", { reason }),

  ticket: (body: {
    camera: string; streams: readonly string[]; rights: readonly string[]; from?: string; to?: string; purpose: string;
  }): Promise<TicketAnswer> => http.post("tickets", body),
  renewTicket: (ticket: string): Promise<TicketAnswer> => http.post("tickets/renew", { ticket }),

  layouts: async (): Promise<readonly SavedLayout[]> =>
    items(await http.get<SavedLayout[] | { items: SavedLayout[] }>("layouts")),
  saveLayout: (name: string, content: unknown): Promise<SavedLayout> => http.post("layouts", { name, content }),
  replaceLayout: (old: SavedLayout, name: string, content: unknown): Promise<SavedLayout> =>
    http.put(`layouts/${encodeURIComponent(old.id)}`, { name, content }, old.version),
  removeLayout: (old: SavedLayout): Promise<void> => http.delete(`layouts/${encodeURIComponent(old.id)}`, undefined, old.version),

  audit: async (query: Record<string, string>): Promise<{ items: readonly AuditEntry[]; next: string | null }> => {
    const answer = await http.get<{ items?: AuditEntry[]; entries?: AuditEntry[]; next?: string | null }>("audit", query);
    return { items: answer.items ?? answer.entries ?? [], next: answer.next ?? null };
  },
};
