import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

import { verifyPage } from "./verify_page";

// Development: `npm run dev` with MINGJIAN_BACKEND=http://127.0.0.1:8000 talks to a running server or to dev/mock_server.py.
const backend = process.env["MINGJIAN_BACKEND"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [vue(), verifyPage()],
  base: "/",
  build: {
    outDir: fileURLToPath(new URL("../src/mingjian/web/ui_dist", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // The page runs under script-src 'self': nothing may be inlined as a data: URL script, and fonts stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: {
      "/api": backend,
      "/media": { target: backend, ws: true },
    },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
  },
});
