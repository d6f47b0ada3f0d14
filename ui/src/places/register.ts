import { Guide } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const register: readonly Place[] = [
  { name: "planning", path: "/planning", title: "planning.title", group: "register", icon: Guide, needs: "planning.gaps", screen: () => import("../screens/PlanningScreen.vue") },
];
