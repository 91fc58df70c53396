/**
 * Names of categories, order states, requests … come from data/, which the Python runtimes read as well: the console
 * imports them as `virtual:store-words`, so a store that renames a category needs no change here. The files are plain
 * enough for two patterns: `code: name` below a group, and `code: { name: … }`.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const GROUP = /^([a-z_]+):\s*(#.*)?$/;
const LABEL = /^ {2}([A-Za-z_.]+):\s*(?:\{\s*name:\s*([^,}]+)|([^\s{#].*?))\s*(?:[,}].*)?$/;

/** Where each group of names stands: [file below data/, the group's name there]. */
const HOMES = {
  category: ["categories.yml", "categories"],
  order_state: ["dialogue/labels.yml", "order_state"],
  parcel_state: ["dialogue/labels.yml", "parcel_state"],
  refund_state: ["dialogue/labels.yml", "refund_state"],
  payment: ["policy/store.yml", "refunds"],
  request_kind: ["policy/requests.yml", "names"],
  request_state: ["policy/requests.yml", "states"],
  deadline: ["policy/followups.yml", "deadlines"],
} as const;

function namesOf(file: string, wanted: string): Record<string, string> {
  const names: Record<string, string> = {};
  let group = "";
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (/^\S/.test(line) && !line.startsWith("#")) group = GROUP.exec(line)?.[1] ?? "";
    const found = group === wanted ? LABEL.exec(line) : null;
    const name = (found?.[2] ?? found?.[3])?.trim();
    if (found?.[1] && name) names[found[1]] = name;
  }
  if (Object.keys(names).length === 0) throw new Error(`no names in ${wanted} of ${file}`);
  return names;
}

/** `data`: the folder data/. */
export function storeWords(data: string): Plugin {
  const id = "virtual:store-words";
  const read = () => Object.fromEntries(Object.entries(HOMES).map(([name, [file, group]]) => [name, namesOf(`${data}/${file}`, group)]));
  return {
    name: "anke-store-words",
    resolveId: (source) => (source === id ? "\0" + id : null),
    load: (resolved) => (resolved === "\0" + id ? `export default ${JSON.stringify(read())};` : null),
  };
}
