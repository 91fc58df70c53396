/**
 * Names of categories, order states, requests … come from data/, which the Python runtimes read as well: the console
 * imports them as `virtual:store-words`, so a store that renames a category needs no change here. Both files are
 * plain enough for two patterns: one category a line, and `group:` followed by `  code: name`.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const CATEGORY = /^\s+([a-z]+\.[a-z]+):\s*\{\s*name:\s*([^,}]+)\s*,/;
const GROUP = /^([a-z_]+):\s*$/;
const LABEL = /^ {2}([A-Za-z_]+):\s*(.+?)\s*$/;
const WANTED = ["order_state", "parcel_state", "payment", "request_kind", "request_state", "refund_state"];

function read(categoriesFile: string, labelsFile: string): Record<string, Record<string, string>> {
  const words: Record<string, Record<string, string>> = { category: {} };
  for (const line of readFileSync(categoriesFile, "utf8").split("\n")) {
    const found = CATEGORY.exec(line);
    if (found?.[1] && found[2]) Object.assign(words.category ?? {}, { [found[1]]: found[2].trim() });
  }
  let group = "";
  for (const line of readFileSync(labelsFile, "utf8").split("\n")) {
    group = GROUP.exec(line)?.[1] ?? group;
    const label = LABEL.exec(line);
    if (label?.[1] && label[2] && WANTED.includes(group)) words[group] = { ...words[group], [label[1]]: label[2] };
  }
  for (const name of ["category", ...WANTED]) {
    if (Object.keys(words[name] ?? {}).length === 0) throw new Error(`no names for ${name} in ${categoriesFile} or ${labelsFile}`);
  }
  return words;
}

export function storeWords(categoriesFile: string, labelsFile: string): Plugin {
  const id = "virtual:store-words";
  return {
    name: "anke-store-words",
    resolveId: (source) => (source === id ? "\0" + id : null),
    load: (resolved) => (resolved === "\0" + id ? `export default ${JSON.stringify(read(categoriesFile, labelsFile))};` : null),
  };
}
