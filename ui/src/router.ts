import type { Component } from "vue";
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw } from "vue-router";

import { api } from "./api/calls";
import { Problem } from "./api/client";
import { locked } from "./lock/lock";
import { PLACES } from "./places";
import { home, loadMe, me } from "./state/session";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", name: "home", component: () => import("./screens/TodoScreen.vue") },
    { path: "/setup", name: "setup", component: () => import("./screens/SetupScreen.vue"), meta: { open: true } },
    { path: "/login", name: "login", component: () => import("./screens/LoginScreen.vue"), meta: { open: true } },
    { path: "/login/provider", name: "provider", component: () => import("./screens/ProviderScreen.vue"), meta: { open: true, anybody: true } },
    // Without an account: what a sign's QR code leads to.
    { path: "/report", name: "report", component: () => import("./screens/ReportScreen.vue"), meta: { open: true, anybody: true } },
    { path: "/retrievals/new", name: "retrieval-new", component: () => import("./screens/RequestScreen.vue") },
    { path: "/retrievals/:id", name: "retrieval", component: () => import("./screens/RetrievalScreen.vue") },
    { path: "/retrievals/:id/redactions/:redaction", name: "redaction", component: () => import("./screens/RedactionScreen.vue") },
    ...PLACES.map((place) => ({ path: place.path, name: place.name, component: place.screen as () => Promise<Component> })),
    { path: "/monitoring/rooms/:id", name: "room", component: () => import("./screens/RoomScreen.vue") },
    { path: "/filings/:id", name: "filing", component: () => import("./screens/FilingScreen.vue") },
    { path: "/projects/:id", name: "project", component: () => import("./screens/ProjectScreen.vue") },
    { path: "/masks/:id", name: "masks", component: () => import("./screens/MasksScreen.vue") },
    { path: "/removals/:id", name: "removal", component: () => import("./screens/RemovalScreen.vue") },
    { path: "/:rest(.*)*", redirect: "/" },
  ],
});

/** Something of one's own has to be put right before anything else opens. */
function settingsFirst(): boolean {
  return me.value?.must_change_password === true || me.value?.must_enrol_second_factor === true;
}

/** Where the signed-in person gets who wants to go there. */
function admitted(to: RouteLocationNormalized): RouteLocationRaw | true {
  if (settingsFirst() && to.name !== "settings") return { name: "settings" };
  return to.name === "home" ? { path: home() } : true;
}

router.beforeEach(async (to) => {
  if (locked.value && to.meta["open"] !== true && me.value) return false; // no way out of a lock but opening it
  if (to.name === "setup" || to.meta["anybody"] === true) return true;
  if (me.value) return admitted(to);
  try {
    await loadMe();
    return to.name === "login" ? { path: home() } : admitted(to);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "session_locked" && to.name !== "login") return true; // the lock is over it, and nothing under it
    if (to.meta["open"] === true && to.name !== "login") return true;
    const setup = await api.setupState().catch(() => null);
    if (setup?.needed) return { name: "setup" };
    return to.name === "login" ? true : { name: "login", query: { next: to.fullPath } };
  }
});
