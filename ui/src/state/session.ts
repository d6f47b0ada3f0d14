/** Who is signed in, and how they like the page. Language and theme also live in the browser, for the sign-in screen. */
import { computed, ref } from "vue";

import { api } from "../api/calls";
import { setRequestLanguage, signedIn } from "../api/client";
import { oidc, type ProviderAnswer } from "../api/oidc";
import { loginByPasskey } from "../api/passkeys";
import type { Me, Theme } from "../api/types";
import { language, type LanguageCode } from "../i18n";

export const me = ref<Me | null>(null);
/** The session has ended under the page, which waits for the same person to sign in again. */
export const over = ref(false);
export const theme = ref<Theme>("auto");
const systemDark = ref(false);

export const dark = computed(() => theme.value === "dark" || (theme.value === "auto" && systemDark.value));

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser without storage still works; it only forgets.
  }
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function applyLanguage(code: LanguageCode): void {
  language.value = code;
  setRequestLanguage(code);
  document.documentElement.lang = code === "zh" ? "zh-CN" : "en";
  remember("mingjian.language", code);
}

function applyTheme(choice: Theme): void {
  theme.value = choice;
  document.documentElement.classList.toggle("dark", dark.value);
  remember("mingjian.theme", choice);
}

/** At page start, before anything is drawn. */
export function restoreLook(): void {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  systemDark.value = query.matches;
  query.addEventListener("change", () => {
    systemDark.value = query.matches;
    applyTheme(theme.value);
  });
  const saved = recall("mingjian.theme");
  applyTheme(saved === "light" || saved === "dark" ? saved : "auto");
  applyLanguage(recall("mingjian.language") === "en" ? "en" : "zh");
}

export async function setLanguage(code: LanguageCode): Promise<void> {
  applyLanguage(code);
  if (me.value) me.value = { ...me.value, ...(await api.patchMe({ language: code })) };
}

export async function setTheme(choice: Theme): Promise<void> {
  applyTheme(choice);
  if (me.value) me.value = { ...me.value, ...(await api.patchMe({ theme: choice })) };
}

export function adopt(user: Me): void {
  me.value = user;
  if (user.language.startsWith("zh")) applyLanguage("zh");
  else if (user.language.startsWith("en")) applyLanguage("en");
  if (user.theme === "light" || user.theme === "dark" || user.theme === "auto") applyTheme(user.theme);
}

export async function loadMe(): Promise<void> {
  adopt(await api.me());
}

/** `code` of the second factor, empty until the server asks for it. */
export async function signIn(name: string, password: string, code: string): Promise<void> {
  await api.login(name, password, code);
  signedIn();
  await loadMe();
}

export async function signInByPasskey(): Promise<void> {
  await loginByPasskey();
  signedIn();
  await loadMe();
}

const NEXT = "mingjian.next";

/** Off to the identity provider; the page is left. `next` is where one wanted to go. */
export async function goToProvider(next: string): Promise<void> {
  const address = await oidc.begin();
  try {
    sessionStorage.setItem(NEXT, next);
  } catch {
    // Then one lands at home.
  }
  location.assign(address);
}

/** Back from there. Throws the server's refusal; `second_factor_needed` goes on with a code. */
export async function signInByProvider(answer: ProviderAnswer | { readonly code: string }): Promise<string> {
  await ("state" in answer ? oidc.finish(answer) : oidc.finishByCode(answer.code));
  await loadMe();
  try {
    return sessionStorage.getItem(NEXT) ?? "";
  } catch {
    return "";
  }
}

/** Who came through the identity provider leaves there, too: the page is left for its own when this answers. */
export async function signOut(): Promise<void> {
  const byProvider = me.value?.by_provider === true;
  try {
    if (!byProvider) await api.logout();
    else {
      const address = await oidc.leave();
      if (address !== null) {
        location.assign(address);
        await new Promise(() => undefined); // the browser is on its way
      }
    }
  } finally {
    me.value = null;
    over.value = false;
  }
}

/** Where to go after signing in: only a path of ours, since "//elsewhere" would leave the site. */
export function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?!\/)/.test(next) ? next : home();
}

/** Where one lands: whoever has duties at what waits for him, whoever runs the video at the wall. */
export function home(): "/todo" | "/live" {
  return me.value?.role === "member" ? "/todo" : "/live";
}

/** Whether the signed-in person may do something; the server decides again in any case. */
export function may(permission: string): boolean {
  const user = me.value;
  if (!user) return false;
  return user.permissions.includes(permission) || user.permissions.includes("*");
}
