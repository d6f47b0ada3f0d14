import { List } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const work: readonly Place[] = [
  { name: "todo", path: "/todo", title: "todo.title", group: "work", icon: List, pinned: true, screen: () => import("../screens/TodoScreen.vue") },
];
