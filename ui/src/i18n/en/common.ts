import type { common as zh } from "../zh/common";
import type { Words } from "../words";

export const common: Words<typeof zh> = {
  "common.save": "Save",
  "common.cancel": "Cancel",
  "common.close": "Close",
  "common.delete": "Delete",
  "common.retry": "Try again",
  "common.refresh": "Refresh",
  "common.loading": "Loading…",
  "common.none": "none",
  "common.more": "Show more",
  "common.yes": "Yes",
  "common.no": "No",
  "common.optional": "optional",
  "common.all": "All",
  "common.unnamed_group": "No group",
  "common.colon": ": ",
  "common.aside": " ({text})",
  "common.list": ", ",
  "common.search": "Search",

  "error.offline": "The server cannot be reached",
  "error.offline.remedy": "Check the network. If the server was just restarted, this recovers by itself in a few seconds.",
  "error.unknown": "Something went wrong ({code})",
  "error.unknown.remedy": "Try again. If it keeps happening, read this line to the administrator.",

  "length.hours": "{h} h {m} min",
  "length.minutes": "{m} min {s} s",
  "length.seconds": "{s} s",
};
