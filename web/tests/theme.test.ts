import { describe, expect, it, vi } from "vitest";

vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
const { accentTokens } = await import("../widget/src/theme");
const { accentOf } = await import("../widget/loader/colour");

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}
const COLOURS = ["#ff5000", "#e1251b", "#ffd100", "#07c160", "#1677ff", "#000000", "#ffffff", "#808080", "#f5a9c8"];

describe("a shop's own colour", () => {
  it.each(COLOURS)("%s stays readable in both themes, on the launcher too", (colour) => {
    for (const [theme, surface] of [["light", "#ffffff"], ["dark", "#181e1c"]] as const) {
      const tokens = accentTokens(colour, theme);
      expect(contrast(tokens["--accent"]!, surface)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(tokens["--accent"]!, tokens["--on-accent"]!)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(tokens["--accent"]!, tokens["--accent-soft"]!)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(tokens["--accent-dim"]!, tokens["--on-accent"]!)).toBeGreaterThanOrEqual(4.5);
    }
    const [[, brand], [, on]] = accentOf(colour) as [[string, string], [string, string]];
    expect(contrast(brand, on === "#000" ? "#000000" : "#ffffff")).toBeGreaterThanOrEqual(4.5);
  });
  it("a text that is no colour changes nothing", () => {
    expect(accentTokens("red;}", "light")).toEqual({});
    expect(accentOf("url(x)")).toEqual([]);
  });
});
