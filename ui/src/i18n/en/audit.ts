import type { audit as zh } from "../zh/audit";
import type { Words } from "../words";

export const audit: Words<typeof zh> = {
  "audit.title": "Activity log",
  "audit.time": "Time",
  "audit.actor": "Who",
  "audit.action": "Did what",
  "audit.subject": "To what",
  "audit.detail": "Details",
  "audit.address": "From",
  "audit.outcome": "Result",
  "audit.outcome.done": "done",
  "audit.outcome.denied": "refused: no permission",
  "audit.outcome.failed": "failed",
  "audit.empty": "No entries match",
  "audit.filter": "Find by person or action",
};
