/** What a store writes on the script tag. Everything is optional; see web/README.md for the list. */
import { DEFAULTS } from "./wording";

export interface Settings {
  /** origin of the service: where the script came from */
  origin: string;
  identity: string;
  store: string;
  bot: string;
  greeting: string;
  quick: string[];
  privacyUrl: string;
  open: boolean;
}

export function readSettings(script: HTMLScriptElement): Settings {
  const value = (name: string): string => script.dataset[name]?.trim() ?? "";
  return {
    origin: new URL(script.src, location.href).origin,
    identity: value("identity"),
    store: value("store") || DEFAULTS.store,
    bot: value("bot") || DEFAULTS.bot,
    greeting: value("greeting") || DEFAULTS.greeting,
    quick: value("quick") ? value("quick").split("|").map((s) => s.trim()).filter(Boolean) : DEFAULTS.quick,
    privacyUrl: value("privacyUrl"),
    open: script.dataset.open !== undefined && script.dataset.open !== "false",
  };
}
