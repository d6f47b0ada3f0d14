/** The lock of this browser's screens: touches in, the lock out, the same for every tab. The server holds it by itself, too. */
import { ref, watch } from "vue";

import { api } from "../api/calls";
import { http, onlyAuth, Problem, whenLocked } from "../api/client";
import { unlockByPasskey } from "../api/passkeys";
import type { Me } from "../api/types";
import { adopt, me, over } from "../state/session";
import { Attendance, LOCK_AFTER_MS, timesFor } from "./attendance";

const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;
const TICK_MS = 500;
const SAID_MS = 1000; // other tabs hear of touches at most this often

type Word = { readonly touched: number } | { readonly locked: true } | { readonly unlocked: true } | { readonly left: true };

export const locked = ref(false);
/** Seconds until it locks, once that is near. */
export const lockingIn = ref<number | null>(null);

let attendance: Attendance | null = null;
let said_ms = 0;
let untold: "hand" | "idle" | null = null; // a lock the server has not heard of yet
let telling = false;
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("mingjian.lock");
const say = (word: Word): void => channel?.postMessage(word);

function show(isLocked: boolean): void {
  locked.value = isLocked;
  lockingIn.value = null;
  onlyAuth(isLocked);
}

function lock(by: "hand" | "idle"): void {
  if (locked.value || over.value || !me.value) return;
  show(true);
  say({ locked: true });
  untold = by;
  void tell();
}

/** Until the server has it: what lies between is no longer than the time after which it locks by itself. */
async function tell(): Promise<void> {
  if (untold === null || telling) return;
  telling = true;
  try {
    await http.post("auth/lock", { by: untold });
    untold = null;
  } catch (failure) {
    if (failure instanceof Problem && failure.code !== "offline" && failure.status < 500) untold = null;
  } finally {
    telling = false;
  }
}

function onTouch(): void {
  const now = Date.now();
  if (!attendance || locked.value) return;
  if (!attendance.touch(now)) return lock("idle");
  lockingIn.value = null;
  if (now - said_ms >= SAID_MS) {
    said_ms = now;
    say({ touched: now });
  }
}

function onTick(): void {
  if (locked.value) return void tell();
  if (!attendance) return;
  const now = Date.now();
  if (attendance.over(now)) return lock("idle");
  lockingIn.value = attendance.warning(now);
  const touched_ms_ago = attendance.toTell(now);
  // Said in vain it is said again with the next touch; meanwhile the server's clock runs on.
  if (touched_ms_ago !== null) void http.post("me/awake", { touched_ms_ago }).catch(() => undefined);
}

function onWord(word: Word): void {
  if ("touched" in word) {
    if (attendance?.touch(word.touched)) lockingIn.value = null;
  } else if ("locked" in word) show(true);
  else if ("left" in word || !me.value) location.reload(); // from the beginning, for whoever signs in
  else attend();
}

/** Somebody is there again. */
export function attend(): void {
  attendance = new Attendance(attendance?.times ?? timesFor(LOCK_AFTER_MS), Date.now());
  untold = null;
  show(false);
}

/** Once, at page start. */
export function watchAttendance(): void {
  for (const touch of TOUCHES) window.addEventListener(touch, onTouch, { capture: true, passive: true });
  setInterval(onTick, TICK_MS);
  channel?.addEventListener("message", (event: MessageEvent<Word>) => onWord(event.data));
  whenLocked(() => {
    if (!locked.value) show(true);
  });
  watch(
    () => me.value?.id,
    () => {
      const user = me.value;
      const times = timesFor((user?.lock_after_s ?? LOCK_AFTER_MS / 1000) * 1000);
      attendance = user ? new Attendance(times, Date.now() - (user.idle_ms ?? 0)) : null;
    },
  );
}

export function lockByHand(): void {
  lock("hand");
}

/** The session is over: there is nothing to unlock any more. */
export function forgetLock(): void {
  untold = null;
  show(false);
}

async function opened(user: Me): Promise<void> {
  const known = me.value?.id === user.id;
  say({ unlocked: true });
  if (!known) return location.reload(); // the page was loaded locked: it begins now
  adopt(user);
  attend();
}

/** Somebody else signs in: no tab keeps anything of this person. */
export async function leave(): Promise<void> {
  await api.logout();
  say({ left: true });
  location.assign("/login");
}

/** Both throw what the server refuses. */
export const unlockWithPassword = async (password: string): Promise<void> => opened(await http.post<Me>("auth/unlock", { password }));
export const unlockWithPasskey = async (): Promise<void> => opened(await unlockByPasskey());
