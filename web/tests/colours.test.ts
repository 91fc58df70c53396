import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { at } from "../build/paths.ts";

const TOKENS = join(at("shared"), "styles", "tokens.css");
const files = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? files(join(folder, one.name)) : /\.(css|vue)$/.test(one.name) ? [join(folder, one.name)] : []));

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(hex: string): number {
  const part = (i: number): number => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
}
const css = readFileSync(TOKENS, "utf8");
const listOf = (part: string): Record<string, string> => Object.fromEntries([...part.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
const [light = "", dark = ""] = css.split(':root[data-theme="dark"]');
const THEMES = { light: listOf(light), dark: { ...listOf(light), ...listOf(dark) } };

/** Text on what it stands on. */
const PAIRS: [text: string, on: string[]][] = [
  ["--ink", ["--surface", "--sunk", "--sunk-2", "--accent-soft", "--agent-soft", "--customer-soft", "--note-soft"]],
  ["--ink-2", ["--surface", "--sunk", "--sunk-2", "--accent-soft", "--note-soft"]],
  ["--ink-3", ["--surface", "--sunk", "--sunk-2", "--accent-soft", "--note-soft"]],
  ["--accent", ["--surface", "--sunk", "--accent-soft", "--customer-soft"]],
  ["--on-accent", ["--accent", "--accent-hover"]],
  ["--agent", ["--surface", "--agent-soft"]], ["--agent-ink", ["--agent-soft"]],
  ["--warn", ["--surface", "--warn-soft", "--accent-soft"]], ["--note-ink", ["--warn-soft"]], ["--note-ink-2", ["--warn-soft"]],
  ["--danger", ["--surface", "--danger-soft", "--accent-soft", "--sunk"]], ["--danger-ink", ["--danger-soft"]], ["--on-danger", ["--danger"]],
  ["--effect-ink", ["--accent-soft"]], ["--effect-ink-2", ["--accent-soft"]], ["--star", ["--surface"]], ["--on-toast", ["--toast", "--toast-bad"]],
];

describe("colours", () => {
  it("stand in tokens.css only", () => {
    const found = [at("shared"), join(at("console"), "src"), join(at("widget"), "src")].flatMap(files).filter((file) => file !== TOKENS)
      .flatMap((file) => readFileSync(file, "utf8").split("\n").filter((line) => /#[0-9a-fA-F]{3,8}\b(?![/])|rgba?\(/.test(line.replace(/&#\w+;|"#\/|popovertarget="[^"]*"/g, ""))).map((line) => `${file}: ${line.trim()}`));
    expect(found).toEqual([]);
  });
  for (const [name, theme] of Object.entries(THEMES)) {
    it(`of text keep 4.5:1 (${name})`, () => {
      const weak = PAIRS.flatMap(([text, ons]) => ons.map((on) => ({ pair: `${text} on ${on}`, ratio: contrast(theme[text] ?? "", theme[on] ?? "") }))).filter((one) => !(one.ratio >= 4.5));
      expect(weak).toEqual([]);
    });
  }
});
