/** Light or dark: as the system has it, or as somebody chose in this browser. */
import { reactive } from "vue";
import { browserStore } from "../../shared/wire/storage";

export const THEMES = { auto: "跟随系统", light: "浅色", dark: "深色" } as const;
export type Theme = keyof typeof THEMES;

const KEPT = "anke:desk:theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const store = browserStore();
const read = (): Theme => { const kept = store.get(KEPT); return kept === "light" || kept === "dark" ? kept : "auto"; };

export const theme = reactive({ now: read() });

function apply(): void {
  document.documentElement.dataset.theme = theme.now === "auto" ? (system.matches ? "dark" : "light") : theme.now;
}

export function chooseTheme(one: Theme): void {
  theme.now = one;
  store.set(KEPT, one);
  apply();
}

/** Before anything is drawn, and whenever the system changes. */
export function beginTheme(): void {
  apply();
  system.addEventListener("change", apply);
}

const ORDER: Theme[] = ["auto", "light", "dark"];
export const nextTheme = (): void => { chooseTheme(ORDER[(ORDER.indexOf(theme.now) + 1) % ORDER.length] ?? "auto"); };
