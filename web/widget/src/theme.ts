/**
 * A shop's own colour as the tokens of shared/styles/tokens.css. The colour is darkened (in the dark theme: lightened) until
 * words in it and words on it keep 4.5:1, so that no choice makes the widget unreadable.
 */
import type { Host } from "../loader/host";

type Rgb = [number, number, number];
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** --surface of both themes */
const SURFACE: Record<"light" | "dark", Rgb> = { light: WHITE, dark: [24, 30, 28] };
const READABLE = 4.6;

function parse(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{6})$/i.exec(text.trim())?.[1];
  return hex ? ([0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Rgb) : null;
}
const mix = (a: Rgb, b: Rgb, share: number): Rgb => a.map((one, i) => Math.round(one * (1 - share) + (b[i] ?? 0) * share)) as Rgb;
const css = (colour: Rgb): string => "#" + colour.map((one) => one.toString(16).padStart(2, "0")).join("");
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((one) => { const c = one / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Nothing for a text that is no colour. */
export function accentTokens(text: string, theme: "light" | "dark"): Record<string, string> {
  const wanted = parse(text);
  if (!wanted) return {};
  const surface = SURFACE[theme];
  const [away, on] = theme === "dark" ? [WHITE, BLACK] : [BLACK, WHITE];
  let accent = wanted;
  let soft = mix(surface, accent, 0.1);
  for (let share = 0; share <= 1; share += 0.04) {
    accent = mix(wanted, away, share);
    soft = mix(surface, accent, 0.1);
    if (contrast(accent, soft) >= READABLE && contrast(accent, on) >= READABLE) break;
  }
  return {
    "--accent": css(accent), "--on-accent": css(on), "--accent-soft": css(soft), "--focus": css(accent),
    "--accent-hover": css(mix(accent, away, 0.14)), "--accent-line": css(mix(surface, accent, 0.35)),
    "--accent-dim": css(mix(accent, away, 0.2)),
  };
}

const night = matchMedia("(prefers-color-scheme: dark)");

/** Theme and colour as the script tag wants them. */
function dress(element: HTMLElement, { theme, accent = "" }: DOMStringMap): void {
  const name = theme === "dark" || (theme === "auto" && night.matches) ? "dark" : "light";
  element.dataset.theme = name;
  for (const [token, value] of Object.entries(accentTokens(accent, name))) element.style.setProperty(token, value);
}

/** Dresses the element now and when the computer changes between day and night; the function dresses it again. */
export function dressed(host: Host): () => void {
  const again = (): void => { dress(host.element, host.data); };
  night.addEventListener("change", again);
  again();
  return again;
}
