/**
 * widget.js, what a store embeds: draws the launcher, offers `window.anke`, and fetches the panel when it is opened for the
 * first time (or when the page is idle and this browser has a conversation, so that the number of unread messages is right).
 * Everything lives in the shadow root of one <anke-widget>, which goes back into the body whenever the page throws it out.
 */
import type { AnkeEvent, Context, Host, Panel } from "./host";
import { keepKeysInside } from "./keys";
import { accentOf } from "./colour";
import css from "./launcher.css?inline";

declare const __PANEL__: string;

type Listener = (detail: Record<string, unknown>) => void;
interface Anke {
  open(options?: { text?: string }): void;
  close(): void;
  identify(token?: string | null): void;
  setContext(context: Context): void;
  on(event: AnkeEvent, listener: Listener): () => void;
  /** a further script tag of the same page */
  tag?(script: HTMLScriptElement | undefined): void;
}
const SVG = "http://www.w3.org/2000/svg";
const make = document.createElement.bind(document) as <K extends keyof HTMLElementTagNameMap>(name: K) => HTMLElementTagNameMap[K];
type Call = [name: string, ...args: unknown[]];

const globals = window as unknown as { anke?: Anke | Call[] };

/** `document.currentScript` is null in a module and for a tag that a tag manager made. */
function ownTag(): HTMLScriptElement | undefined {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) return current;
  return [...document.scripts].reverse().find((one) => /\/widget\.js([?#]|$)/.test(one.src));
}

function begin(first: HTMLScriptElement, calls: Call[]): void {
  let script = first;
  const { origin } = new URL(first.src, location.href);
  const element = document.createElement("anke-widget");
  const root = element.attachShadow({ mode: "open" });
  const listeners: [AnkeEvent, Listener][] = [];
  let panel: Panel | undefined;
  let unread = 0;
  let loading: Promise<Panel> | undefined;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const launcher = make("button");
  const label = make("span");
  const badge = make("b");
  const icon = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  icon.setAttribute("viewBox", "0 0 24 24");
  line.setAttribute("d", "M4 5.5h16v11H10l-4.5 4v-4H4z M8 9.5h8 M8 12.5h5");
  icon.append(line);
  launcher.type = "button";
  launcher.className = launcher.dataset.testid = "launcher";
  badge.className = "badge";
  badge.dataset.testid = "unread";
  launcher.append(icon, label, badge);
  root.append(launcher);
  element.lang = "zh-CN";
  keepKeysInside(element, root);

  const host: Host = {
    root, element, origin, context: {}, identity: "",
    get data() { return script.dataset; },
    shows(open, count) {
      unread = count;
      launcher.hidden = open;
      launcher.ariaExpanded = String(open);
      badge.textContent = unread && !open ? (unread > 99 ? "99+" : String(unread)) : "";
      launcher.ariaLabel = unread ? `${words()}，${unread} 条未读消息` : words();
    },
    focusLauncher() { launcher.focus(); },
    emit(event, detail) { for (const [name, listener] of listeners) if (name === event) listener(detail); },
  };
  const words = (): string => script.dataset.launcher ?? "联系客服";

  /** The newest name of the panel after a failure: an installation that was updated meanwhile has no older one. */
  let tries = 0;
  const load = (): Promise<Panel> => (loading ??= (async () => {
    launcher.ariaBusy = "true";
    try {
      const path = tries ? `widget/app.js?again=${tries}` : __PANEL__;
      const { start } = (await import(/* @vite-ignore */ `${origin}/${path}`)) as { start(host: Host): Panel };
      panel = start(host);
      host.emit("ready", {});
      return panel;
    } catch (error) {
      loading = undefined;
      tries += 1;
      throw error;
    } finally {
      launcher.removeAttribute("aria-busy");
    }
  })());

  const open = (text?: string): void => {
    load().catch(load).then((it) => { it.open(text); }, () => {
      label.textContent = "没打开，点此重试";
      host.emit("error", { code: "panel_not_loaded" });
    });
    label.textContent = words();
  };

  const dress = (): void => {
    const { accent, side, offset, identity } = script.dataset;
    const [x, y] = (offset ?? "").split(",").map((one) => Number(one) && `${Number(one)}px`);
    const { style } = element;
    style.cssText = "";
    const set = (name: string, value: string | number | undefined): void => { if (value) style.setProperty(name, String(value)); };
    style.setProperty("display", "block", "important");
    const left = side === "left";
    set(left ? "--left" : "--right", x || (left ? "24px" : ""));
    if (left) set("--right", "auto");
    set("--bottom", y);
    for (const [name, value] of accentOf(accent)) set(name, value);
    panel?.dress();
    if (identity !== undefined && identity !== host.identity) api.identify(identity);
    label.textContent = words();
    host.shows(launcher.hidden, unread);
  };

  const api: Anke = {
    open: (options) => { open(options?.text); },
    close: () => { panel?.close(); },
    identify: (token) => {
      host.identity = token?.trim() ?? "";
      panel?.identify(host.identity);
    },
    setContext: (context) => {
      Object.assign(host.context, context);
      panel?.setContext();
    },
    on: (event, listener) => {
      const entry: [AnkeEvent, Listener] = [event, listener];
      listeners.push(entry);
      if (event === "ready" && panel) listener({});
      return () => { listeners.splice(listeners.indexOf(entry), 1); };
    },
    /** The tag of a page that was swapped in counts once the first one is gone with its page. */
    tag: (other) => {
      if (!other || script.isConnected || other.src !== script.src) return;
      script = other;
      dress();
    },
  };
  dress();

  customElements.define("anke-widget", class extends HTMLElement {
    connectedCallback(): void {
      if (this !== element) this.remove(); // a copy out of a page cache
      else panel?.moved();
    }
  });
  const watcher = new MutationObserver(() => { setTimeout(place); });
  function place(): void {
    const { body, documentElement } = document;
    for (const node of [document, documentElement, body]) if (node) watcher.observe(node, { childList: true });
    if (body && element.parentNode !== body) body.append(element);
  }
  place();

  launcher.onclick = () => { open(); };
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-anke-open]")) {
      event.preventDefault();
      open();
    }
  });
  globals.anke = api;
  for (const [name, ...args] of calls) (api as unknown as Record<string, (...args: unknown[]) => void>)[name]?.(...args);
  document.dispatchEvent(new Event("anke:ready"));

  const talks = (): boolean => {
    try {
      return Object.keys(localStorage).some((key) => key.startsWith(`anke:1:${origin}:`) && /:(conversation|out:.+)$/.test(key));
    } catch {
      return false;
    }
  };
  const wanted = script.dataset.open;
  if ((wanted !== undefined && wanted !== "false") || (history.state as { anke?: boolean } | null)?.anke) open();
  else if (talks()) (window.requestIdleCallback ?? setTimeout)(() => { load().catch(() => undefined); });
}

const script = ownTag();
const known = globals.anke;
if (known && !Array.isArray(known)) known.tag?.(script);
else if (script) begin(script, known ?? []);
