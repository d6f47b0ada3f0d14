import type { nav as zh } from "../zh/nav";
import type { Words } from "../words";

export const nav: Words<typeof zh> = {
  "app.name": "Mingjian",
  "app.long": "Public safety video system",

  "nav.live": "Live",
  "nav.playback": "Playback",
  "nav.cameras": "Cameras",
  "nav.system": "System",
  "nav.audit": "Activity log",
  "nav.settings": "My settings",
  "nav.signout": "Sign out",
  "nav.shortcuts": "Shortcuts",
  "nav.group.monitor": "Watching",
  "nav.group.register": "Register and law",
  "nav.group.evidence": "Evidence",
  "nav.group.system": "System",
  "nav.group.own": "Yourself",
  "nav.all": "All",
  "nav.narrow": "Collapse",
  "nav.widen": "Widen the side bar",
  "nav.all_places": "All places",
  "nav.label": "Navigation",

  "banner.alarm": "Alarm",
  "nav.organisations": "Organisations",
  "nav.people": "People",
  "nav.places": "Places",
  "nav.systems": "Systems",
  "nav.archive": "Camera archive",
  "nav.law": "Law",
};
