/** Whether the side bar is wide, and which groups are folded; remembered by the browser. */
import { computed, ref } from "vue";

const WIDE = "mingjian.nav.wide";
const FOLDED = "mingjian.nav.folded";
const PHONE_PX = 700;
const ROOM_FOR_WIDE_PX = 1100;

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser without storage only forgets.
  }
}

const width_px = ref(window.innerWidth);
window.addEventListener("resize", () => (width_px.value = window.innerWidth));

const chosen = ref(recall(WIDE));
const folded = ref<ReadonlySet<string>>(new Set((recall(FOLDED) ?? "").split(" ").filter(Boolean)));

export const phone = computed(() => width_px.value <= PHONE_PX);
export const wide = computed(() => (chosen.value === null ? width_px.value >= ROOM_FOR_WIDE_PX : chosen.value === "yes"));

export function setWide(value: boolean): void {
  chosen.value = value ? "yes" : "no";
  remember(WIDE, chosen.value);
}

export const isFolded = (group: string): boolean => folded.value.has(group);

export function fold(group: string): void {
  const now = new Set(folded.value);
  if (!now.delete(group)) now.add(group);
  folded.value = now;
  remember(FOLDED, [...now].join(" "));
}
