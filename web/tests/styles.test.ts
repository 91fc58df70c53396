import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const CONSOLE = new URL("../console/src/styles/", import.meta.url);
const SHARED = new URL("../shared/styles/", import.meta.url);
const LATE = "office.css";

/** Selectors of a sheet, without comments and what stands in braces; those inside @media too. */
function selectorsOf(file: URL): string[] {
  const plain = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  return plain.split(/[{}]/).flatMap((part) => (part.includes(":") && part.includes(";") ? [] : part.split(","))).map((one) => one.trim()).filter((one) => one && !one.startsWith("@"));
}
const classesIn = (text: string): string[] => [...text.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map((found) => found[1] ?? "");
/** What a rule is about: the classes of its first compound, by which it reaches an element wherever that stands. */
const begins = (selector: string): string[] => classesIn(/^[^\s>+~]+/.exec(selector)?.[0] ?? "");

describe("the style sheet of the office, which comes with the first of its pages and stays", () => {
  const others = [...readdirSync(CONSOLE).filter((name) => name !== LATE).map((name) => new URL(name, CONSOLE)), ...readdirSync(SHARED).map((name) => new URL(name, SHARED))];
  const theirs = new Set(others.flatMap(selectorsOf).flatMap(classesIn));
  const own = selectorsOf(new URL(LATE, CONSOLE));
  it("is read, like the others", () => {
    expect(own.length).toBeGreaterThan(60);
    expect(others.length).toBeGreaterThan(6);
    expect(theirs).toContain("words");
  });
  it("reaches no element of other pages: each rule begins with a class that stands in no other sheet", () => {
    expect(own.filter((selector) => begins(selector).every((one) => theirs.has(one)))).toEqual([]);
  });
});
