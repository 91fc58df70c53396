/** The demo store page at `/`. File names carry no hash, so that a rebuild leaves nothing stale behind. */
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { STATIC, at } from "./build/paths.ts";

export default defineConfig({
  root: at("store"),
  base: "/",
  plugins: [compressed()],
  build: {
    outDir: STATIC,
    emptyOutDir: false,
    target: "es2021",
    assetsDir: "store",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      output: { entryFileNames: "store/[name].js", chunkFileNames: "store/[name].js", assetFileNames: "store/[name][extname]" },
    },
  },
});
