import { createApp } from "vue";

import "element-plus/dist/index.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./styles/base.css";

import { whenSignedOut } from "./api/client";
import App from "./App.vue";
import { forgetLock, watchAttendance } from "./lock/lock";
import { router } from "./router";
import { me, over, restoreLook } from "./state/session";

restoreLook();
whenSignedOut(() => {
  forgetLock();
  if (!me.value) return; // nobody was signed in: the router's guard sends to the sign-in by itself
  if (router.currentRoute.value.meta["open"] === true) me.value = null;
  else over.value = true;
});
watchAttendance();
createApp(App).use(router).mount("#app");
