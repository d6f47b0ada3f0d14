import type { settings as zh } from "../zh/settings";
import type { Words } from "../words";

export const settings: Words<typeof zh> = {
  "settings.title": "My settings",
  "settings.language": "Language",
  "settings.theme": "Light or dark",
  "settings.theme.light": "Light",
  "settings.theme.dark": "Dark",
  "settings.theme.auto": "As the system",
  "settings.account": "Account",
  "settings.unit": "Unit",
  "settings.role": "Role",
};
