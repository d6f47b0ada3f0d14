import { Film, Grid, MapLocation, UserFilled, VideoCamera } from "@element-plus/icons-vue";

import type { Place } from "./place";

export const monitor: readonly Place[] = [
  { name: "live", path: "/live", title: "nav.live", group: "monitor", icon: Grid, pinned: true, video: true, screen: () => import("../screens/LiveScreen.vue") },
  { name: "playback", path: "/playback", title: "nav.playback", group: "monitor", icon: Film, pinned: true, video: true, screen: () => import("../screens/PlaybackScreen.vue") },
  {
    name: "cameras", path: "/cameras", title: "nav.cameras", group: "monitor", icon: VideoCamera, needs: "registry.camera.read",
    screen: () => import("../screens/CamerasScreen.vue"),
  },
  { name: "map", path: "/map", title: "map.title", group: "monitor", icon: MapLocation, needs: "registry.place.read", screen: () => import("../screens/MapScreen.vue") },
  { name: "monitoring", path: "/monitoring", title: "monitoring.title", group: "monitor", icon: UserFilled, needs: "monitoring.rooms", screen: () => import("../screens/MonitoringScreen.vue") },
];
