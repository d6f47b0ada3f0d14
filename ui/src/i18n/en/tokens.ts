import type { tokens as zh } from "../zh/tokens";
import type { Words } from "../words";

export const tokens: Words<typeof zh> = {
  "tokens.title": "API tokens",
  "tokens.intro": "For programs that act for you. A token may never do more than you, and only within its scopes; it ends with your account.",
  "tokens.docs": "API documentation",
  "tokens.new": "New token",
  "tokens.name": "What for",
  "tokens.name.hint": "e.g. daily reconciliation",
  "tokens.scopes": "Scopes",
  "tokens.days": "Valid for days",
  "tokens.made": "Token “{name}” is made",
  "tokens.once": "It is shown this once only. Put it into the program's settings now:",
  "tokens.copy": "Copy",
  "tokens.copied": "Copied",
  "tokens.kept": "I have kept it",
  "tokens.active": "Valid",
  "tokens.expired": "Expired",
  "tokens.revoked": "Revoked",
  "tokens.ends": "ends {day}",
  "tokens.used": "last used {at} from {from}",
  "tokens.unused": "not used yet",
  "tokens.revoke": "Revoke",
  "tokens.revoke.sure": "Programs that use “{name}” are shut out at once.",
};
