/** widget.js: one self-contained script (IIFE) that a store embeds with a single tag. */
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { STATIC, VUE_FLAGS, at } from "./build/paths.ts";

export default defineConfig({
  plugins: [vue()],
  define: { ...VUE_FLAGS, "process.env.NODE_ENV": '"production"' },
  publicDir: false,
  build: {
    outDir: STATIC,
    emptyOutDir: false,
    target: "es2021",
    lib: { entry: at("widget/src/main.ts"), formats: ["iife"], name: "AnkeWidget", fileName: () => "widget.js" },
  },
});
