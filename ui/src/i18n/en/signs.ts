import type { signs as zh } from "../zh/signs";
import type { Words } from "../words";

export const signs: Words<typeof zh> = {
  "signs.title": "Signs",
  "signs.empty": "No signs on record yet",
  "signs.place": "Place",
  "signs.position": "Position",
  "signs.text": "Text on the sign",
  "signs.purpose": "Purpose",
  "signs.telephone": "Telephone",
  "signs.photo": "Picture of the sign",
  "signs.photo.open": "See the picture",
  "signs.last_seen": "Last seen",
  "signs.last_seen_by": "Seen by",
  "signs.removed": "Taken down or not",
  "signs.removed.yes": "Taken down",
  "signs.verdict": "The law says",
  "signs.print": "Print the sign (PDF with the code for reports)",
  "signs.seen": "Seen today, it stands",
  "signs.take_down": "Take the sign down",
  "signs.take_down.reason": "Why it is taken down",
  "signs.due": "Places with cameras at which no sign is proved",
  "signs.due.register": "Register a sign",
  "signs.due.complete": "Complete",
  "signs.judged": "Sign",
};
