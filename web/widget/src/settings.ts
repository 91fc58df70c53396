/** What a store writes on the script tag. Everything is optional; docs/embedding.md has the list. */
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
}

export function readSettings(origin: string, data: DOMStringMap, identity: string): Settings {
  const value = (name: string): string => data[name]?.trim() ?? "";
  return {
    origin,
    identity,
    store: value("store") || DEFAULTS.store,
    bot: value("bot") || DEFAULTS.bot,
    greeting: value("greeting") || DEFAULTS.greeting,
    quick: value("quick") ? value("quick").split("|").map((s) => s.trim()).filter(Boolean) : DEFAULTS.quick,
    privacyUrl: value("privacyUrl"),
  };
}
