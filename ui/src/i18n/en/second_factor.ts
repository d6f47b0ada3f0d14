import type { secondFactor as zh } from "../zh/second_factor";
import type { Words } from "../words";

export const secondFactor: Words<typeof zh> = {
  "factor.code": "Code",
  "factor.code.hint": "The six digits that your authenticator shows now; a recovery code does when you do not have it with you.",
  "factor.code_missing": "Enter the code",
  "factor.title": "Second factor",
  "factor.intro": "Signing in then asks for the six digits of your authenticator, too.",
  "factor.must": "Your role has to have a second factor: enrol one before anything else",
  "factor.off": "Not enrolled",
  "factor.on": "Enrolled; recovery codes left: {n}",
  "factor.begin": "Enrol",
  "factor.password": "Current password",
  "factor.scan": "Scan this with your authenticator, then enter the code it shows",
  "factor.key": "If it cannot scan, type this key:",
  "factor.qr": "QR code for the authenticator",
  "factor.confirm": "Confirm",
  "factor.recovery": "Write these recovery codes down or print them, and keep them safe",
  "factor.recovery.hint": "Each is good once. They are not shown again; with one you sign in after losing the authenticator.",
  "factor.recovery.kept": "I have kept them",
  "factor.remove": "Remove",
  "factor.remove.hint": "Enter a code or a recovery code once more to remove it.",
  "factor.removed": "The second factor was removed",
};
