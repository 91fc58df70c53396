/** The panel, fetched by the loader (widget/loader) on the first open. Constructed sheets need no style-src of the host page. */
import { createApp, reactive, shallowReactive } from "vue";
import base from "../../shared/styles/base.css?inline";
import cards from "../../shared/styles/cards.css?inline";
import tokens from "../../shared/styles/tokens.css?inline";
import type { Host, Panel } from "../loader/host";
import App from "./App.vue";
import { keepInside } from "./inside";
import { readSettings } from "./settings";
import composer from "./styles/composer.css?inline";
import log from "./styles/log.css?inline";
import panel from "./styles/panel.css?inline";
import sheets from "./styles/sheets.css?inline";
import { dressed } from "./theme";

export function start(host: Host): Panel {
  host.root.adoptedStyleSheets = [
    ...[tokens, base, panel, log, composer, cards, sheets].map((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      return sheet;
    }),
    ...host.root.adoptedStyleSheets,
  ];
  keepInside(host.root);
  const place = document.createElement("div");
  host.root.append(place);
  const settings = shallowReactive(readSettings(host.origin, host.data, host.identity));
  const context = reactive({ ...host.context });
  const app = createApp(App, { settings, context, host }).mount(place) as unknown as Panel;
  return {
    open: (text) => { app.open(text); },
    close: () => { app.close(); },
    identify: (token) => { settings.identity = token; },
    setContext: () => { Object.assign(context, host.context); },
    dress: dressed(host),
    moved: () => { app.moved(); },
  };
}
