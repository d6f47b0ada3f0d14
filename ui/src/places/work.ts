import { DocumentChecked, List } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const work: readonly Place[] = [
  { name: "todo", path: "/todo", title: "todo.title", group: "work", icon: List, pinned: true, screen: () => import("../screens/TodoScreen.vue") },
  { name: "filings", path: "/filings", title: "filings.title", group: "work", icon: DocumentChecked, needs: "filings.read", screen: () => import("../screens/FilingsScreen.vue") },
];
