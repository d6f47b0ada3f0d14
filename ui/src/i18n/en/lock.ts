import type { lock as zh } from "../zh/lock";
import type { Words } from "../words";

export const lock: Words<typeof zh> = {
  "lock.title": "Screen locked",
  "lock.intro": "The pictures have stopped. Only the same person unlocks it; whoever takes over the shift signs in anew.",
  "lock.password": "Password of {name}",
  "lock.unlock": "Unlock",
  "lock.passkey": "Unlock with a passkey",
  "lock.relieve": "Sign out, somebody else signs in",
  "lock.soon": "Nobody has touched anything: the screen locks in {n} s. Move the mouse or press any key to go on.",
  "lock.now": "Lock screen",
};
