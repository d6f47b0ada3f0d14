/**
 * How many days a filing still has, and which of its alerts has been reached. Pure: dates are "YYYY-MM-DD", as the
 * API gives them, and "today" is the caller's, on the filing's calendar, not the browser's clock.
 */

/** Days from the due day at which somebody is told; negative before it, positive after. */
export const ALERT_DAYS = [-15, -7, -3, -1, 1] as const;

export type Urgency = "far" | "soon" | "close" | "today" | "overdue";

export interface Countdown {
  /** Days until the due day; 0 on the day itself, negative after it. */
  daysLeft: number;
  /** The latest alert reached, in days from the due day; null before the first. */
  alert: (typeof ALERT_DAYS)[number] | null;
  urgency: Urgency;
}

const DAY_MS = 86_400_000;

/** Midnight UTC of a calendar day. Throws RangeError for what is not a day of the calendar. */
function dayOf(text: string): number {
  const moment = Date.parse(`${text}T00:00:00Z`);
  // Some engines roll "2026-02-30" over into March instead of refusing it.
  if (Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== text) {
    throw new RangeError(`not a calendar day: ${text}`);
  }
  return moment;
}

export function countdown(due: string, today: string): Countdown {
  const daysLeft = (dayOf(due) - dayOf(today)) / DAY_MS;
  const alert = ALERT_DAYS.filter((offset) => offset <= -daysLeft).at(-1) ?? null;
  return { daysLeft, alert, urgency: urgencyOf(daysLeft) };
}

function urgencyOf(daysLeft: number): Urgency {
  if (daysLeft < 0) return "overdue";
  if (daysLeft === 0) return "today";
  if (daysLeft <= 3) return "close";
  return daysLeft <= 15 ? "soon" : "far";
}
