import { DocumentChecked, DocumentRemove, List, Postcard, Stamp, SetUp } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const work: readonly Place[] = [
  { name: "todo", path: "/todo", title: "todo.title", group: "work", icon: List, pinned: true, screen: () => import("../screens/TodoScreen.vue") },
  { name: "filings", path: "/filings", title: "filings.title", group: "work", icon: DocumentChecked, needs: "filings.read", screen: () => import("../screens/FilingsScreen.vue") },
  { name: "projects", path: "/projects", title: "projects.title", group: "work", icon: SetUp, needs: "projects.read", screen: () => import("../screens/ProjectsScreen.vue") },
  { name: "removals", path: "/removals", title: "removals.title", group: "work", icon: DocumentRemove, needs: "filings.read", screen: () => import("../screens/RemovalsScreen.vue") },
  { name: "signs", path: "/signs", title: "signs.title", group: "work", icon: Postcard, needs: "signs.read", screen: () => import("../screens/SignsScreen.vue") },
  { name: "contractors", path: "/contractors", title: "contractors.title", group: "work", icon: Stamp, needs: "organisations.read", screen: () => import("../screens/ContractorsScreen.vue") },
];
