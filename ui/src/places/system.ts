import { Odometer, Setting, Tickets } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const system: readonly Place[] = [
  { name: "system", path: "/system", title: "nav.system", group: "system", icon: Odometer, pinned: true, needs: "system.read", screen: () => import("../screens/SystemScreen.vue") },
  { name: "audit", path: "/audit", title: "nav.audit", group: "system", icon: Tickets, needs: "audit.read", screen: () => import("../screens/AuditScreen.vue") },
  { name: "settings", path: "/settings", title: "nav.settings", group: "own", icon: Setting, screen: () => import("../screens/SettingsScreen.vue") },
];
