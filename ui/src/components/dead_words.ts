/** Why a tile has no picture and what to do next, in words: from what the recorder says and what the player found. */
import { pick, t, tOr, type Key } from "../i18n";
import type { LiveStatus } from "../player/live";
import type { CameraHealth } from "../state/cameras";

export interface DeadWords {
  readonly code: string;
  readonly what: string;
  readonly detail: string;
  readonly todo: string;
}

const KNOWN = [
  "unreachable", "authentication", "network", "engine_down", "storage", "disabled", "lost", "codec", "ticket", "gone", "silent",
];
const ALIASES: Readonly<Record<string, string>> = {
  no_mse: "codec", decode: "network", offline: "lost", forbidden: "ticket", not_found: "gone", removed: "gone", engine_away: "engine_down",
  ticket_invalid: "ticket", ticket_edge: "ticket", revoked: "ticket",
};

export function deadWords(health: CameraHealth | null, live: LiveStatus): DeadWords | null {
  if (!health) return words("gone", "");
  if (health.state === "disabled") return words("disabled", "");
  if (live.state === "playing" && !live.why) return null;
  // The recorder knows the camera better than the browser does: its reason comes first.
  if (health.state === "failed" || (health.reason && health.state !== "streaming")) {
    return words(health.reason ?? "unknown", health.detail);
  }
  if (!live.why) return null;
  return words(live.why.code, pick(live.why));
}

function words(code: string, detail: string): DeadWords {
  const known = KNOWN.includes(code) ? code : (ALIASES[code] ?? "unknown");
  const what = tOr(`dead.${known}`, t("dead.unknown"));
  return { code: known, what, detail: detail === what ? "" : detail, todo: t(`dead.${known}.todo` as Key) };
}
