import type { users as zh } from "../zh/users";
import type { Words } from "../words";

export const users: Words<typeof zh> = {
  "users.title": "People",
  "users.add": "Add a person",
  "users.name": "User name",
  "users.display_name": "Name",
  "users.unit": "Unit",
  "users.role": "Role",
  "users.password": "First password",
  "users.password.hint": "Must be changed at the first sign-in.",
  "users.active": "may sign in",
  "users.inactive": "switched off",
  "users.disable": "Switch off",
  "users.enable": "Restore",
  "users.disable.reason": "Why (goes into the activity log)",
  "users.added": "“{name}” added",
  "users.reset": "Reset password",
  "users.reset.text": "Give “{name}” a new password; it must be changed at the next sign-in.",
  "users.reset.done": "Password reset",

  "role.admin": "Administrator",
  "role.operator": "Operator",
  "role.viewer": "Viewer",
  "role.auditor": "Auditor",
  "role.member": "Member without a role yet",
  "role.bound": "{title} ({organisation})",
};
