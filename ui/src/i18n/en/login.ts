import type { login as zh } from "../zh/login";
import type { Words } from "../words";

export const login: Words<typeof zh> = {
  "login.title": "Sign in",
  "login.name": "User name",
  "login.password": "Password",
  "login.over": "Your session has ended",
  "login.over.intro": "Please sign in again. What you had filled in is still here: you can go on with it afterwards.",
  "login.submit": "Sign in",
  "login.name_missing": "Enter your user name",
  "login.password_missing": "Enter your password",

  "setup.title": "First use: create the administrator",
  "setup.intro": "This server has no administrator yet. Create one now; he or she adds cameras and other people later.",
  "setup.name": "Administrator's user name",
  "setup.password": "Password",
  "setup.again": "Password again",
  "setup.submit": "Create and enter",
  "setup.differ": "The two passwords differ",
  "setup.rule": "At least 10 characters; below 16, use three of capitals, small letters, digits and signs.",
  "setup.code": "Set-up code",
  "setup.code.hint": "Printed in the window where the server was started; it shows that you have access to the server.",

  "password.title": "Change password",
  "password.current": "Present password",
  "password.fresh": "New password",
  "password.again": "New password again",
  "password.done": "Password changed",
  "password.must": "This password was set by somebody else. Please choose your own first.",
};
