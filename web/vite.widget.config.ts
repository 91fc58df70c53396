/**
 * The chat panel: what widget.js fetches on the first open. Its name holds the hash of what is in it, so that browsers keep it;
 * `widget/app.js` always leads to the newest one, for a page whose loader is older than the installation.
 */
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";
import { compressed } from "./build/compressed.ts";
import { STATIC, VUE_FLAGS, at } from "./build/paths.ts";

function newest(): Plugin {
  return {
    name: "anke-newest",
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find((one) => one.type === "chunk" && one.isEntry);
      if (entry) this.emitFile({ type: "asset", fileName: "app.js", source: `export * from "./${entry.fileName}";\n` });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [vue(), newest(), compressed()],
  define: { ...VUE_FLAGS, "process.env.NODE_ENV": '"production"' },
  publicDir: false,
  build: {
    outDir: STATIC + "/widget",
    emptyOutDir: true,
    target: "es2021",
    modulePreload: false,
    rollupOptions: {
      input: at("widget/src/main.ts"),
      preserveEntrySignatures: "strict",
      output: { format: "es", entryFileNames: "assets/app-[hash].js", chunkFileNames: "assets/[name]-[hash].js", assetFileNames: "assets/[name]-[hash][extname]" },
    },
  },
});
