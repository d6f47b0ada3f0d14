/** Months and days as text (YYYY-MM, YYYY-MM-DD) in the viewer's own time zone. */

const two = (value: number): string => String(value).padStart(2, "0");

export function dayOf(at_ms: number): string {
  const at = new Date(at_ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

export function shiftMonth(month: string, by: number): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const at = new Date(year, number - 1 + by, 1);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}`;
}

/** Local midnight at which the day begins. */
export function startOfDay(day: string): number {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return new Date(year, month - 1, date).getTime();
}

export interface DayCell {
  readonly day: string;
  readonly inside: boolean; // of the month shown
}

/** The weeks that a month touches, Monday first. */
export function monthGrid(month: string): DayCell[][] {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const first = new Date(year, number - 1, 1);
  const lead = (first.getDay() + 6) % 7;
  const weeks: DayCell[][] = [];
  for (let week = 0; week < 6; week++) {
    const cells: DayCell[] = [];
    for (let weekday = 0; weekday < 7; weekday++) {
      const at = new Date(year, number - 1, 1 - lead + week * 7 + weekday);
      cells.push({ day: dayOf(at.getTime()), inside: at.getMonth() === number - 1 });
    }
    if (week > 0 && cells.every((cell) => !cell.inside)) break;
    weeks.push(cells);
  }
  return weeks;
}

/**
 * A time as people write it: "2026-01-31 08:30:05", "08:30" (of the day shown), "8:30:05", also with full-width colons
 * and slashes or Chinese words. Undefined when it is none.
 */
export function parseTime(text: string, shownDay: string): number | undefined {
  const clean = text.trim().replaceAll("\uff1a", ":").replace(/[年月/.]/g, "-").replace(/日/g, " ").replace(/\s+/g, " ");
  const match = /^(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(clean);
  if (!match) return undefined;
  const [, year, month, date, hours, minutes, seconds] = match;
  const [shownYear, shownMonth, shownDate] = shownDay.split("-").map(Number) as [number, number, number];
  const parts = {
    y: year ? Number(year) : shownYear, m: month ? Number(month) : shownMonth, d: date ? Number(date) : shownDate,
    h: Number(hours), min: Number(minutes), s: Number(seconds ?? 0),
  };
  if (parts.m < 1 || parts.m > 12 || parts.h > 23 || parts.min > 59 || parts.s >= 60) return undefined;
  const at = new Date(parts.y, parts.m - 1, parts.d, parts.h, parts.min, Math.floor(parts.s), Math.round((parts.s % 1) * 1000));
  return at.getDate() === parts.d ? at.getTime() : undefined;
}
