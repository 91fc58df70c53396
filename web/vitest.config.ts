import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { at } from "./build/paths.ts";
import { storeWords } from "./build/storeWords.ts";

export default defineConfig({
  plugins: [vue(), storeWords(at("../data"))],
  test: { environment: "node", include: ["**/*.test.ts"], exclude: ["node_modules/**"] },
});
