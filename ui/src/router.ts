import { createRouter, createWebHistory } from "vue-router";

import { api } from "./api/calls";
import { Problem } from "./api/client";
import { loadMe, me } from "./state/session";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", redirect: "/live" },
    { path: "/setup", name: "setup", component: () => import("./screens/SetupScreen.vue"), meta: { open: true } },
    { path: "/login", name: "login", component: () => import("./screens/LoginScreen.vue"), meta: { open: true } },
    { path: "/live", name: "live", component: () => import("./screens/LiveScreen.vue") },
    { path: "/playback", name: "playback", component: () => import("./screens/PlaybackScreen.vue") },
    { path: "/cameras", name: "cameras", component: () => import("./screens/CamerasScreen.vue") },
    { path: "/system", name: "system", component: () => import("./screens/SystemScreen.vue") },
    { path: "/audit", name: "audit", component: () => import("./screens/AuditScreen.vue") },
    { path: "/settings", name: "settings", component: () => import("./screens/SettingsScreen.vue") },
    { path: "/:rest(.*)*", redirect: "/live" },
  ],
});

function mustChangePassword(): boolean {
  return me.value?.must_change_password ?? false;
}

router.beforeEach(async (to) => {
  if (to.name === "setup") return true;
  if (me.value) return mustChangePassword() && to.name !== "settings" ? { name: "settings" } : true;
  try {
    await loadMe();
    if (to.name === "login") return { name: "live" };
    return mustChangePassword() && to.name !== "settings" ? { name: "settings" } : true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (to.meta["open"] === true && to.name !== "login") return true;
    const setup = await api.setupState().catch(() => null);
    if (setup?.needed) return { name: "setup" };
    return to.name === "login" ? true : { name: "login", query: { next: to.fullPath } };
  }
});
