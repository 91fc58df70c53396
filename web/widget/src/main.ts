/**
 * What a store embeds: <script src="…/widget.js" async></script>. Everything lives in a shadow root with constructed
 * style sheets, so that neither the store's styles nor a strict Content-Security-Policy get in the way.
 * Any element of the page with `data-anke-open` opens the panel.
 */
import { createApp } from "vue";
import base from "../../shared/styles/base.css?inline";
import cards from "../../shared/styles/cards.css?inline";
import tokens from "../../shared/styles/tokens.css?inline";
import App from "./App.vue";
import { Session } from "./session";
import { readSettings } from "./settings";
import composer from "./styles/composer.css?inline";
import log from "./styles/log.css?inline";
import panel from "./styles/panel.css?inline";

const script = document.currentScript;

/** Constructed sheets need no style-src; browsers before 2023 get style elements. */
function dress(root: ShadowRoot, styles: string[]): void {
  if ("adoptedStyleSheets" in root) {
    root.adoptedStyleSheets = styles.map((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      return sheet;
    });
    return;
  }
  const element = document.createElement("style");
  element.textContent = styles.join("");
  (root as ShadowRoot).append(element);
}

function mount(): void {
  if (!(script instanceof HTMLScriptElement) || document.getElementById("anke-widget")) return;
  const settings = readSettings(script);
  const host = document.createElement("div");
  host.id = "anke-widget";
  const root = host.attachShadow({ mode: "open" });
  dress(root, [tokens, base, panel, log, composer, cards]);
  const place = document.createElement("div");
  place.lang = "zh-CN";
  root.append(place);
  document.body.append(host);
  const session = new Session(settings);
  createApp(App, { settings, session }).mount(place);
  session.resume();
}

if (document.body) mount();
else document.addEventListener("DOMContentLoaded", mount);
