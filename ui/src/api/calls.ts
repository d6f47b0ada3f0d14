/** One function for each call of the API that the screens make. */
import type { Page } from "../resource/cursor_list";
import { http } from "./client";
import type {
  Camera, CameraInput, CameraTree, DeviceStream, EnrolmentStart, Me, SavedLayout, SearchState, SecondFactorState, SystemStatus, TestStep, TicketAnswer, User, VolumeStatus,
} from "./types";

interface CamerasQuery {
  readonly text?: string;
  readonly branch?: string;
  readonly streamed?: boolean;
  readonly limit: number;
  readonly cursor?: string | null;
}

type SavedWall = Pick<SavedLayout, "grid" | "tiles">;

export const api = {
  setupState: (): Promise<{ needed: boolean; code_required?: boolean }> => http.get("setup"),
  setup: (name: string, password: string, code: string): Promise<Me> =>
    http.post("setup", code === "" ? { name, password } : { name, password, code }),
  login: (name: string, password: string, code: string): Promise<Me> => http.post("auth/login", { name, password, code }),
  logout: (): Promise<void> => http.post("auth/logout"),
  me: (): Promise<Me> => http.get("me"),
  patchMe: (change: { language?: string; theme?: string }): Promise<Me> => http.patch("me", change),
  changePassword: (current: string, fresh: string): Promise<Me> => http.post("me/password", { current, new: fresh }),
  secondFactor: (): Promise<SecondFactorState> => http.get("me/second-factor"),
  beginSecondFactor: (password: string): Promise<EnrolmentStart> => http.post("me/second-factor", { password }),
  confirmSecondFactor: (code: string): Promise<{ recovery_codes: readonly string[] }> => http.post("me/second-factor/confirm", { code }),
  removeSecondFactor: (code: string): Promise<void> => http.post("me/second-factor/remove", { code }),

  cameraTree: (): Promise<CameraTree> => http.get("cameras/tree"),
  camerasNamed: async (ids: readonly string[]): Promise<readonly Camera[]> =>
    (await http.get<{ items: readonly Camera[] }>("cameras/named", { ids: ids.join(",") })).items,
  camerasPage: (query: CamerasQuery, signal?: AbortSignal): Promise<Page<Camera>> => http.get("cameras", { ...query }, signal),
  /** Every camera with video, page by page: for a question that really is about all of them. */
  camerasWithVideo: async (): Promise<readonly Camera[]> => {
    const all: Camera[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<Camera> = await http.get("cameras", { limit: 1000, cursor, streamed: true });
      all.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return all;
  },
  addCamera: (input: CameraInput): Promise<Camera> => http.post("cameras", input),
  patchCamera: (old: Camera, input: CameraInput): Promise<Camera> =>
    http.patch(`cameras/${encodeURIComponent(old.id)}`, input, old.version),
  removeCamera: (old: Camera, reason: string): Promise<void> =>
    http.delete(`cameras/${encodeURIComponent(old.id)}`, { reason }, old.version),
  testCamera: async (url: string, transport: string): Promise<readonly TestStep[]> => {
    const answer = await http.post<TestStep[] | { steps: TestStep[] }>("cameras/test", { url, transport });
    return Array.isArray(answer) ? answer : answer.steps;
  },
  beginSearch: (input: { method: string; range?: string; port?: number }): Promise<SearchState> => http.post("cameras/searches", input),
  search: (id: string): Promise<SearchState> => http.get(`cameras/searches/${encodeURIComponent(id)}`),
  cancelSearch: (id: string): Promise<void> => http.delete(`cameras/searches/${encodeURIComponent(id)}`),
  deviceStreams: (address: string, port: number, user: string, password: string): Promise<readonly DeviceStream[]> =>
    http.post("cameras/streams", { address, port, user, password }),

  users: async (): Promise<readonly User[]> => (await http.get<{ items: readonly User[] }>("users", { limit: 1000 })).items,
  addUser: (user: { name: string; password: string; role: string; display_name: string; unit: string }): Promise<User> =>
    http.post("users", user),
  switchUser: (user: User, active: boolean, reason: string): Promise<User> =>
    active ? http.post(`users/${user.id}/enable`) : http.post(`users/${user.id}/disable`, { reason }),
  resetPassword: (user: User, password: string): Promise<User> => http.post(`users/${user.id}/password`, { password }),

  systemStatus: (): Promise<SystemStatus> => http.get("system/status"),
  volumes: async (): Promise<readonly VolumeStatus[]> => {
    const answer = await http.get<VolumeStatus[] | { volumes?: VolumeStatus[]; items?: VolumeStatus[] }>("system/volumes");
    return Array.isArray(answer) ? answer : (answer.volumes ?? answer.items ?? []);
  },
  confirmTime: (reason: string): Promise<void> => http.post("system/confirm-time", { reason }),

  ticket: (body: {
    camera: string; streams: readonly string[]; rights: readonly string[]; from?: string; to?: string; purpose: string;
    retrieval?: string; narrow?: boolean;
  }): Promise<TicketAnswer> => http.post("tickets", body),
  renewTicket: (ticket: string): Promise<TicketAnswer> => http.post("tickets/renew", { ticket }),

  layouts: (): Promise<readonly SavedLayout[]> => http.get("layouts"),
  saveLayout: (name: string, wall: SavedWall): Promise<SavedLayout> => http.post("layouts", { name, ...wall }),
  replaceLayout: (old: SavedLayout, name: string, wall: SavedWall): Promise<SavedLayout> =>
    http.put(`layouts/${encodeURIComponent(old.id)}`, { name, ...wall }, old.version),
  removeLayout: (old: SavedLayout): Promise<void> => http.delete(`layouts/${encodeURIComponent(old.id)}`, undefined, old.version),
};
