/** The agents' console, served below /console. */
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { STATIC, VUE_FLAGS, at } from "./build/paths.ts";

export default defineConfig({
  root: at("console"),
  base: "/console/",
  plugins: [vue(), compressed()],
  define: VUE_FLAGS,
  build: { outDir: STATIC + "/console", emptyOutDir: true, target: "es2021", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
