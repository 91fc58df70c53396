/** widget.js: the small script that a store embeds. Built after the panel, whose hashed name it carries. */
import { readdirSync } from "node:fs";
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { STATIC, at } from "./build/paths.ts";

const panel = readdirSync(STATIC + "/widget/assets").find((name) => /^app-.*\.js$/.test(name));
if (!panel) throw new Error("the panel is not built: npm run build:widget builds both");

export default defineConfig({
  plugins: [compressed()],
  publicDir: false,
  define: { __PANEL__: JSON.stringify(`widget/assets/${panel}`) },
  build: {
    outDir: STATIC,
    emptyOutDir: false,
    target: "es2021",
    lib: { entry: at("widget/loader/main.ts"), formats: ["iife"], name: "AnkeWidget", fileName: () => "widget.js" },
  },
});
