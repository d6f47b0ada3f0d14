import type { passkey as zh } from "../zh/passkey";
import type { Words } from "../words";

export const passkey: Words<typeof zh> = {
  "passkey.title": "Passkeys",
  "passkey.intro": "Sign in with this device's fingerprint, face or PIN, or with a security key: no password, no code. Where a code is asked later, a passkey does, too.",
  "passkey.impossible": "There are no passkeys under a bare address or without TLS: open the installation under its name.",
  "passkey.add": "Add a passkey",
  "passkey.added": "Passkey added",
  "passkey.name": "Name of the device",
  "passkey.name.hint": "such as: control room PC",
  "passkey.used": "Last used: {at}",
  "passkey.unused": "Not used yet",
  "passkey.remove": "Remove",
  "passkey.removed": "Passkey removed",
  "passkey.remove.password": "To remove “{name}”, enter your password",
  "passkey.use": "Use a passkey",
  "passkey.sign_in": "Sign in with a passkey",

};
