/**
 * Category names come from data/categories.yml, which both Python runtimes read as well: the console imports them
 * as `virtual:categories`, so a store that renames a category needs no change here. The file keeps one category a line.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const LINE = /^\s+([a-z]+\.[a-z]+):\s*\{\s*name:\s*([^,}]+)\s*,/;

export function categories(file: string): Plugin {
  const id = "virtual:categories";
  return {
    name: "anke-categories",
    resolveId: (source) => (source === id ? "\0" + id : null),
    load(resolved) {
      if (resolved !== "\0" + id) return null;
      const names: Record<string, string> = {};
      for (const line of readFileSync(file, "utf8").split("\n")) {
        const found = LINE.exec(line);
        if (found?.[1] && found[2]) names[found[1]] = found[2].trim();
      }
      if (Object.keys(names).length === 0) throw new Error(`no category found in ${file}`);
      return `export default ${JSON.stringify(names)};`;
    },
  };
}
