/**
 * What is on the screen, as an address: a reload, the browser's back and forward, and a link pasted to a colleague come to the
 * same place. What was searched for may be a name or a phone number, so it is kept with the history entry and never in the address.
 */
import { type Page, PAGES } from "./office/pages";

export const LISTS = [["mine", "我的会话"], ["follow", "待跟进"], ["recent", "最近"]] as const;
export type ListName = (typeof LISTS)[number][0];

export interface Place {
  page: Page;
  /** the conversation, on the page of cases the case, on the others what is open on them; "": none */
  id: string;
  list: ListName;
  find: string;
  /** the days and the part that the figures are of, as `rangeText` tells them; "": as usual */
  range: string;
}

const ID = /^[\w.-]{1,80}$/;
const AT = /^#\/([a-z]+)(?:\/([^/?]*))?(?:\?(.*))?$/;

export function addressOf(place: Place): string {
  const more = new URLSearchParams({ ...(place.list === "mine" ? {} : { list: place.list }), ...(place.range ? { range: place.range } : {}) }).toString();
  return `#/${place.page}${place.id ? `/${encodeURIComponent(place.id)}` : ""}${more ? `?${more}` : ""}`;
}

/** Null for an address that is not one of these: nothing is changed then. */
export function placeOf(hash: string, state: unknown): Place | null {
  const found = AT.exec(hash);
  const page = PAGES.find((one) => one.page === found?.[1])?.page;
  if (!found || !page) return null;
  const id = found[2] ?? "";
  if (id && !ID.test(id)) return null;
  const find = typeof state === "object" && state !== null && "find" in state && typeof state.find === "string" ? state.find : "";
  const told = new URLSearchParams(found[3] ?? "");
  const range = told.get("range") ?? "";
  return { page, id, list: LISTS.find(([name]) => name === told.get("list"))?.[0] ?? "mine", find, range: ID.test(range) ? range : "" };
}

export const samePlace = (a: Place, b: Place): boolean => a.page === b.page && a.id === b.id && a.list === b.list && a.find === b.find && a.range === b.range;

/** The part of the browser that is used, so that tests need none. */
export interface Browser {
  hash(): string;
  state(): unknown;
  write(how: "push" | "replace", state: { find: string }, address: string): void;
  onMove(listen: () => void): void;
}

export const thisBrowser: Browser = {
  hash: () => location.hash,
  state: () => history.state as unknown,
  write: (how, state, address) => { if (how === "push") history.pushState(state, "", address); else history.replaceState(state, "", address); },
  onMove: (listen) => { window.addEventListener("popstate", listen); },
};

/** Keeps address and screen the same: `moved` after the screen changed; `go` is called when the address did. */
export class Route {
  private at: Place | null = null;

  constructor(private readonly browser: Browser, private readonly go: (place: Place) => void) {}

  /** Once the screen can be filled. Where the address names no place, it becomes that of the screen as it is. */
  begin(now: Place): void {
    if (this.at) return;
    this.browser.onMove(() => { this.follow(); });
    this.at = now;
    if (!this.follow()) this.browser.write("replace", { find: now.find }, addressOf(now));
  }

  moved(now: Place): void {
    if (!this.at || samePlace(this.at, now)) return;
    this.at = now;
    this.browser.write("push", { find: now.find }, addressOf(now));
  }

  /** The address named a place that this person has not: it tells again what is on the screen. */
  stay(now: Place): void {
    this.at = now;
    this.browser.write("replace", { find: now.find }, addressOf(now));
  }

  private follow(): boolean {
    const wanted = placeOf(this.browser.hash(), this.browser.state());
    if (!wanted) return false;
    this.at = wanted;
    this.go(wanted);
    return true;
  }
}
