import type { shortcuts as zh } from "../zh/shortcuts";
import type { Words } from "../words";

export const shortcuts: Words<typeof zh> = {
  "shortcuts.title": "Keyboard shortcuts",
  "shortcuts.everywhere": "Everywhere",
  "shortcuts.live": "Live",
  "shortcuts.playback": "Playback",

  "keys.help": "Show shortcuts",
  "keys.search": "Find a camera",
  "keys.go_live": "Go to live",
  "keys.go_playback": "Go to playback",
  "keys.navigation": "to the navigation, then up and down",
  "keys.escape": "Restore or close",
  "keys.layouts": "1, 4, 9, 16 tiles",
  "keys.arrows": "Choose a tile",
  "keys.maximise": "Enlarge or restore",
  "keys.fullscreen": "Full screen",
  "keys.sound": "Sound",
  "keys.snapshot": "Snapshot",
  "keys.replay": "Replay what just happened",
  "keys.delete": "Take the camera off the wall",
  "keys.space": "Play or pause",
  "keys.seek": "Back, on 10 s (with Shift: 1 minute)",
  "keys.frames": "Previous, next frame",
  "keys.speed": "Faster, slower",
  "keys.reverse": "Backwards",
  "keys.jump": "Jump to time",
  "keys.cart": "mark begin and end, add to the evidence cart",
  "keys.zoom": "Zoom the timeline",
};
