/** Calls of the map and of planning. Shapes as in the OpenAPI document. */
import { http, request, withQuery, type Query } from "./client";

export interface Page<Row> { readonly items: readonly Row[]; readonly next: string | null }
export interface Cluster { readonly lon: number; readonly lat: number; readonly count: number; readonly bbox: readonly [number, number, number, number] }
export interface MapCamera {
  readonly id: string; readonly name: string; readonly lon: number; readonly lat: number; readonly azimuth: number | null;
  readonly view_angle: number | null; readonly max_view_distance: number | null; readonly state: string;
}
export interface MapPlace { readonly id: string; readonly name: string; readonly lon: number; readonly lat: number }
export interface PlaceFile {
  readonly id: string; readonly name: string; readonly address: string; readonly division_name: string; readonly organisation_name: string;
  readonly lon: number | null; readonly lat: number | null; readonly geometry: object | null;
  readonly parts: readonly { readonly id: string; readonly part: string; readonly name: string }[];
}
export interface CameraFile {
  readonly id: string; readonly name: string; readonly code: string | null; readonly standing: string; readonly archive_score: number;
  readonly lon: number | null; readonly lat: number | null; readonly azimuth_deg: number | null; readonly view_angle_deg: number | null;
  readonly view_distance_m: number | null;
}
export interface Found { readonly id: string; readonly name: string; readonly code?: string | null; readonly division_name?: string; readonly lon?: number | null; readonly lat?: number | null }
export interface Citation { readonly key: string; readonly pack: string; readonly label: string; readonly certain: boolean; readonly printed: string }
export interface Judgement { readonly verdict: string; readonly verdict_label: string; readonly reason: string; readonly remedy: string | null; readonly clauses: readonly Citation[] }
export interface GapSummary { readonly on: string; readonly places: number; readonly obliged: number; readonly covered: number; readonly gaps: number; readonly undecidable: number }
export interface Gap {
  readonly place: string; readonly place_name: string; readonly division: string; readonly lon_e7: number | null; readonly lat_e7: number | null;
  readonly part: string; readonly part_id: string; readonly part_label: string; readonly judgement: Judgement;
  readonly bearers: readonly { readonly clause: string; readonly roles: readonly string[] }[]; readonly outcome: Judgement;
}
export interface Drafter { readonly body: string; readonly organisation: string; readonly document: string }
export interface Plan {
  readonly id: string; readonly title: string; readonly division: string; readonly division_name: string; readonly organisation: string; readonly number: number;
  readonly state: string; readonly state_label: string; readonly text: string; readonly drafters: readonly Drafter[]; readonly approval_number: string;
  readonly approved_date: string; readonly in_force_date: string; readonly events: readonly string[]; readonly version: number;
}
export interface Site {
  readonly name: string; readonly part: string | null; readonly lon_e7: number; readonly lat_e7: number; readonly azimuth_deg: number;
  readonly view_angle_deg: number; readonly view_distance_m: number; readonly pole: string; readonly network: string; readonly landscape_note: string;
  readonly reason_to_build: string; readonly cost_fen: number;
}
export interface PlannedPoint extends Site { readonly id: string; readonly place: string | null; readonly judgement: Judgement; readonly dropped: boolean; readonly version: number }
export interface PlanCost { readonly points: number; readonly cost_fen: number; readonly obligations: number; readonly per_obligation_fen: number | null; readonly elsewhere: number }
export interface Additional {
  readonly id: string; readonly place: string; readonly place_name: string; readonly proposer: string; readonly reason: string; readonly number: string;
  readonly given_date: string; readonly version: number;
}
export interface Task {
  readonly id: string; readonly sender_name: string; readonly department_name: string; readonly duty: string; readonly basis: string; readonly matter: string;
  readonly state: string; readonly due_date: string; readonly answer: string; readonly version: number;
}
export interface Organisation { readonly id: string; readonly name: string; readonly kind: string; readonly division_id: string }
export interface Division { readonly id: string; readonly name: string; readonly level?: string }
export interface Step { readonly event: string; readonly approver?: string; readonly approval_number?: string; readonly approved_date?: string; readonly reason?: string }
export interface NewTask { readonly sender: string; readonly department: string; readonly duty: string; readonly basis: string; readonly matter: string; readonly part: string | null; readonly due_date: string }

async function change<T>(path: string, body: unknown, version: number): Promise<T> {
  return (await (await request("POST", `/api/v1/${path}`, { body, version })).json()) as T;
}

/** All pages, up to `most` rows. */
async function all<Row>(path: string, query: Query = {}, most = 2000): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const found: Page<Row> = await http.get<Page<Row>>(withQuery(path, { ...query, cursor }));
    rows.push(...found.items);
    cursor = found.next;
  } while (cursor !== null && rows.length < most);
  return rows;
}

const id = encodeURIComponent;

export const planning = {
  mapCameras: (bbox: string, zoom: number, signal: AbortSignal): Promise<{ clusters: readonly Cluster[]; cameras: readonly MapCamera[] }> =>
    http.get("map/cameras", { bbox, zoom }, signal),
  mapPlaces: (bbox: string, zoom: number, signal: AbortSignal): Promise<{ clusters: readonly Cluster[]; places: readonly MapPlace[] }> =>
    http.get("map/places", { bbox, zoom }, signal),
  findPlaces: (text: string): Promise<Page<Found>> => http.get("places", { text, limit: 8 }),
  findCameras: (text: string): Promise<Page<Found>> => http.get("cameras", { text, limit: 8 }),
  place: (one: string): Promise<PlaceFile> => http.get(`places/${id(one)}`),
  cameraFile: (one: string): Promise<CameraFile> => http.get(`cameras/${id(one)}/file`),
  divisions: (): Promise<readonly Division[]> => all("divisions"),
  organisations: (kind: string): Promise<readonly Organisation[]> => all("organisations", { kind }),
  gapSummary: (division: string, kind: string): Promise<GapSummary> => http.get("planning/gaps/summary", { division, kind }),
  gaps: (division: string, kind: string, cursor: string | null): Promise<Page<Gap>> => http.get("planning/gaps", { division, kind, cursor, limit: 200 }),
  check: (site: Site): Promise<Judgement> => http.post("planning/check", site),
  plans: (): Promise<readonly Plan[]> => all("plans"),
  draftPlan: (body: { division: string; organisation: string; title: string; text: string }): Promise<Plan> => http.post("plans", body),
  changePlan: (plan: Plan, drafters: readonly Drafter[]): Promise<Plan> => http.patch(`plans/${id(plan.id)}`, { drafters }, plan.version),
  step: (plan: Plan, step: Step): Promise<Plan> => change(`plans/${id(plan.id)}/step`, step, plan.version),
  points: (plan: string): Promise<readonly PlannedPoint[]> => all(`plans/${id(plan)}/points`),
  cost: (plan: string): Promise<PlanCost> => http.get(`plans/${id(plan)}/cost`),
  addPoint: (plan: string, site: Site): Promise<PlannedPoint> => http.post(`plans/${id(plan)}/points`, site),
  dropPoint: (plan: string, point: PlannedPoint, reason: string): Promise<PlannedPoint> =>
    change(`plans/${id(plan)}/points/${id(point.id)}/drop`, { reason }, point.version),
  additional: (): Promise<readonly Additional[]> => all("planning/additional"),
  approveAdditional: (row: Additional, body: { approver: string; number: string; given_date: string }): Promise<Additional> =>
    change(`planning/additional/${id(row.id)}/approve`, body, row.version),
  propose: (body: { place: string; proposer: string; reason: string }): Promise<Additional> => http.post("planning/additional", body),
  tasks: (): Promise<readonly Task[]> => all("coordination/tasks"),
  sendTask: (body: NewTask): Promise<Task> => http.post("coordination/tasks", body),
  answerTask: (task: Task, state: string, answer: string): Promise<Task> => change(`coordination/tasks/${id(task.id)}/answer`, { state, answer }, task.version),
};
