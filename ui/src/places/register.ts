import { Bell, Connection, Cpu, FolderOpened, Guide, OfficeBuilding, Reading, School, Upload, User } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const register: readonly Place[] = [
  { name: "organisations", path: "/organisations", title: "nav.organisations", group: "register", icon: OfficeBuilding, needs: "organisations.read", screen: () => import("../screens/OrganisationsScreen.vue") },
  { name: "people", path: "/people", title: "nav.people", group: "register", icon: User, needs: "organisations.people_read", screen: () => import("../screens/PeopleScreen.vue") },
  { name: "places", path: "/places", title: "nav.places", group: "register", icon: School, needs: "registry.place.read", screen: () => import("../screens/PlacesScreen.vue") },
  { name: "systems", path: "/systems", title: "nav.systems", group: "register", icon: Connection, needs: "registry.system.read", screen: () => import("../screens/SystemsScreen.vue") },
  { name: "archive", path: "/archive", title: "nav.archive", group: "register", icon: FolderOpened, needs: "registry.camera.read", screen: () => import("../screens/ArchiveScreen.vue") },
  { name: "devices", path: "/devices", title: "devices.title", group: "register", icon: Cpu, needs: "registry.device.read", screen: () => import("../screens/DevicesScreen.vue") },
  { name: "imports", path: "/imports", title: "imports.title", group: "register", icon: Upload, needs: "registry.export", screen: () => import("../screens/ImportsScreen.vue") },
  { name: "law", path: "/law", title: "nav.law", group: "register", icon: Reading, screen: () => import("../screens/LawScreen.vue") },
  { name: "leads", path: "/leads", title: "leads.title", group: "register", icon: Bell, needs: "inspections.lead.read", screen: () => import("../screens/LeadsScreen.vue") },
  { name: "planning", path: "/planning", title: "planning.title", group: "register", icon: Guide, needs: "planning.gaps", screen: () => import("../screens/PlanningScreen.vue") },
];
