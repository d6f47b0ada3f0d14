import { Calendar, Document, Hide, Lock, Notebook, View, WarnTriangleFilled } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const evidence: readonly Place[] = [
  { name: "retrievals", path: "/retrievals", title: "retrieval.title", group: "evidence", icon: Document, needs: "retrievals.read_asked", screen: () => import("../screens/RetrievalsScreen.vue") },
  { name: "emergencies", path: "/emergencies", title: "emergency.title", group: "evidence", icon: WarnTriangleFilled, needs: "retrievals.declare", screen: () => import("../screens/EmergenciesScreen.vue") },
  { name: "holds", path: "/holds", title: "holds.title", group: "evidence", icon: Lock, needs: "holds.read", screen: () => import("../screens/HoldsScreen.vue") },
  { name: "retention", path: "/retention", title: "retention.title", group: "evidence", icon: Calendar, needs: "retention.read", screen: () => import("../screens/RetentionScreen.vue") },
  { name: "looks", path: "/looks", title: "looks.title", group: "evidence", icon: View, needs: "viewing.looks", screen: () => import("../screens/LooksScreen.vue") },
  { name: "mask-lifts", path: "/mask-lifts", title: "masks.lift.title", group: "evidence", icon: Hide, needs: "viewing.ticket", screen: () => import("../screens/MaskLiftsScreen.vue") },
  { name: "ledger", path: "/ledger", title: "ledger.title", group: "evidence", icon: Notebook, needs: "ledger.read", screen: () => import("../screens/LedgerScreen.vue") },
];
