/** Privacy masks and lifts of them. Corners are fractions of the picture, from its upper left corner. */
import type { Page } from "../resource/cursor_list";
import { http } from "./client";
import type { Camera } from "./types";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Mask = Schemas["MaskOut"];
export type Lift = Schemas["LiftOut"];
export type Position = Schemas["PositionOut"];
export type LiftWish = Schemas["LiftIn"];

const id = encodeURIComponent;
const step = <T>(under: string, row: { readonly id: string; readonly version: number }, verb: string, body: unknown = {}): Promise<T> =>
  http.act<T>(`${under}/${id(row.id)}/${verb}`, body, row.version);

export const masks = {
  camera: (one: string): Promise<Camera> => http.get(`cameras/${id(one)}`),
  of: (camera: string, withdrawn: boolean): Promise<readonly Mask[]> => http.get("masks", { camera, withdrawn }),
  draw: (body: Schemas["MaskIn"], once: string): Promise<Mask> => http.create("masks", body, once),
  confirm: (row: Mask): Promise<Mask> => step("masks", row, "confirm"),
  askOff: (row: Mask, reason: string): Promise<Mask> => step("masks", row, "withdraw", { reason }),
  takeOff: (row: Mask, code: string): Promise<Mask> => step("masks", row, "withdraw/confirm", { code }),
  keep: (row: Mask, reason: string): Promise<Mask> => step("masks", row, "withdraw/drop", { reason }),

  positions: (camera: string): Promise<Page<Position>> => http.get("mask-positions", { camera, limit: 20 }),
  state: (body: Schemas["MaskPositionIn"], once: string): Promise<Position> => http.create("mask-positions", body, once),
  seeToo: (row: Position, code: string): Promise<Position> => step("mask-positions", row, "confirm", { code }),
  unsay: (row: Position, reason: string, since: string | null): Promise<Position> => step("mask-positions", row, "withdraw", { reason, since }),

  lifts: (signal: AbortSignal): Promise<Page<Lift>> => http.get("mask-lifts", { limit: 100 }, signal),
  ask: (body: LiftWish, once: string): Promise<Lift> => http.create("mask-lifts", body, once),
  grant: (row: Lift, code: string): Promise<Lift> => step("mask-lifts", row, "grant", { code }),
  refuse: (row: Lift, reason: string): Promise<Lift> => step("mask-lifts", row, "refuse", { reason }),
  end: (row: Lift, reason: string): Promise<Lift> => step("mask-lifts", row, "end", { reason }),
};
