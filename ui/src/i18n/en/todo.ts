import type { todo as zh } from "../zh/todo";
import type { Words } from "../words";

export const todo: Words<typeof zh> = {
  "nav.group.work": "Daily work",
  "todo.title": "To do",
  "todo.none": "Nothing to do",
  "todo.none.remedy": "What you have to do appears here when it falls due or comes up.",
  "todo.none.of": "Nothing of this kind",
  "todo.count": "{n}",
  "todo.shown": "{n} in all, the {shown} most pressing shown",
  "todo.late.overdue": "Overdue",
  "todo.late.urgent": "Urgent",
  "todo.late.week": "Within 7 days",
  "todo.late.later": "Later",
  "todo.late.none": "No set day",
  "todo.filter": "Filter by how pressing",
  "todo.today": "Today is {day}",

  "due.left": "{n} {n|day|days} left",
  "due.today": "Due today",
  "due.over": "{n} {n|day|days} overdue",
  "due.day": "due {day}",
};
