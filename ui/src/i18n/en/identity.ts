import type { identity as zh } from "../zh/identity";
import type { Words } from "../words";

export const identity: Words<typeof zh> = {
  "identity.title": "Identity provider",
  "identity.sign_in": "Sign in with {name}",
  "identity.working": "Checking who you are…",
  "identity.back": "Back to the sign-in",
  "identity.no_answer": "This page is for the way back from the identity provider: begin at the sign-in.",
  "identity.intro": "When you sign in with “{name}”, this identity stands for your account. An administrator links and unlinks it.",
  "identity.none": "No identity is linked with your account yet: ask the administrator.",
  "identity.subject": "Identity (sub)",
  "identity.linked": "Linked",
  "identity.linked.rule": "{at} (by login name, at the first sign-in)",
  "identity.used": "Last sign-in",
  "identity.unused": "Not used yet",
  "identity.of": "Identity of {name}",
  "identity.link": "Link",
  "identity.link.done": "Linked: this identity can sign in now",
  "identity.link.other": "Or enter the identity",
  "identity.strangers": "Refused in the last week, and nobody's",
  "identity.strangers.none": "None was refused in the last week. Let the person sign in there once: the refused identity then appears here.",
  "identity.unlink": "Unlink",
  "identity.unlink.reason": "Why (goes into the audit record). The person is signed out at once.",
  "identity.unlink.done": "Unlinked",
};
