/** The forms of monitoring: what each asks for. */
import { http } from "../api/client";
import type { Page } from "../resource/cursor_list";
import { findOrganisations, finder, words } from "../resource/kinds/shared";
import type { Choice, Field } from "../resource/resource";

export const CHANGES = ["new_consumer", "re_aiming", "change_of_purpose"] as const;
export const SEEN = ["state_secret", "trade_secret", "privacy"] as const;
const findCameras = finder("cameras");

/** People who have an account: only they sit before screens of ours. */
async function findStaff(text = ""): Promise<readonly Choice[]> {
  const page = await http.get<Page<{ name: string; user_id: string | null }>>("people", { text, limit: 50 });
  return page.items.flatMap((one) => (one.user_id === null ? [] : [{ value: one.user_id, label: one.name }]));
}

const unit: Field = { name: "organisation", title: "resource.organisation", kind: "choice", required: true, search: true, choices: findOrganisations };
const camera: Field = { name: "camera", title: "monitoring.camera", kind: "choice", required: true, search: true, choices: findCameras };
const DAYS: readonly Field[] = [
  { name: "skills_until", title: "monitoring.staff.skills", kind: "day" },
  { name: "confidentiality_until", title: "monitoring.staff.confidentiality", kind: "day" },
  { name: "vetted_date", title: "monitoring.staff.vetted", kind: "day" },
];
export const NEW_STAFF: readonly Field[] = [unit, { name: "user", title: "monitoring.staff.person", kind: "choice", required: true, search: true, choices: findStaff }, ...DAYS];
export const STAFF: readonly Field[] = DAYS;
export const ROOM: readonly Field[] = [unit, { name: "name", title: "monitoring.room.name", kind: "text", required: true }];
export const ACCESS: readonly Field[] = [
  { name: "person_name", title: "monitoring.room.person", kind: "text", required: true },
  { name: "reason", title: "monitoring.room.access.reason", kind: "text", required: true },
];
export const REASON: readonly Field[] = [{ name: "reason", title: "monitoring.reason", kind: "text", required: true }];
export const CHANGE: readonly Field[] = [
  camera, { name: "kind", title: "monitoring.change.kind", kind: "choice", required: true, choices: () => words("monitoring.change", CHANGES) },
  { name: "change", title: "monitoring.change.what", kind: "long", required: true, hint: "monitoring.change.what.hint" },
  { name: "reason", title: "monitoring.reason", kind: "long", required: true },
];
export const ANSWER: readonly Field[] = [{ name: "answer", title: "monitoring.change.answer", kind: "long", required: true }];
export const VIEW: readonly Field[] = [
  camera, { name: "seen", title: "monitoring.view.seen", kind: "many", choices: () => words("monitoring.view", SEEN), hint: "monitoring.view.nothing" },
  { name: "mask", title: "monitoring.view.mask", kind: "choice", required: true, choices: () => words("monitoring.view.mask", ["holds", "fails"]) },
  { name: "note", title: "monitoring.view.note", kind: "long" },
];
