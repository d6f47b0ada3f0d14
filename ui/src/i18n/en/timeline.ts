import type { timeline as zh } from "../zh/timeline";
import type { Words } from "../words";

export const timeline: Words<typeof zh> = {
  "kind.because": "{what}: {why}",
  "kind.recorded": "Recorded",
  "kind.backfilled": "Recorded (filled in later)",
  "kind.gap": "Missing",
  "kind.expired": "Past its keeping time, deleted by rule",
  "kind.not_planned": "No recording was planned then",
  "kind.future": "Not yet",

  "reason.unreachable": "camera could not be reached",
  "reason.authentication": "camera refused the password",
  "reason.network": "network broke off",
  "reason.engine_down": "recorder was not running",
  "reason.storage": "disk failed or full",
  "reason.disabled": "camera was switched off",
  "reason.unknown": "reason unknown",
};
