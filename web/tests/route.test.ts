import { beforeEach, describe, expect, it } from "vitest";
import { type Browser, type Place, Route, addressOf, placeOf } from "../console/src/route";

const place = (some: Partial<Place> = {}): Place => ({ page: "talks", id: "", list: "mine", find: "", range: "", ...some });

describe("addresses", () => {
  it.each([
    [place(), "#/talks"],
    [place({ id: "c_9f.2-x" }), "#/talks/c_9f.2-x"],
    [place({ id: "c_1", list: "recent" }), "#/talks/c_1?list=recent"],
    [place({ page: "cases", id: "CS202611300001" }), "#/cases/CS202611300001"],
    [place({ page: "wall" }), "#/wall"],
    [place({ page: "history", id: "handoffs.2026-11-01.2026-11-30.category..order.status" }), "#/history/handoffs.2026-11-01.2026-11-30.category..order.status"],
    [place({ page: "history", range: "2026-11-01.2026-11-07.category.order.status" }), "#/history?range=2026-11-01.2026-11-07.category.order.status"],
  ])("of %o and back", (one, address) => {
    expect(addressOf(one)).toBe(address);
    expect(placeOf(address, null)).toEqual(one);
  });

  it("never hold what was searched for", () => {
    const one = place({ id: "c_1", find: "王小明 5678" });
    expect(decodeURIComponent(addressOf(one))).not.toMatch(/王小明|5678/);
    expect(placeOf(addressOf(one), { find: one.find })).toEqual(one);
  });

  it.each(["", "#", "#invitation=abc", "#/people", "#/talks/../x", "#/talks/a b", "#/talks/%3Cimg%3E", "#/talks/a/b"])("that are none of ours change nothing: %s", (hash) => {
    expect(placeOf(hash, null)).toBeNull();
  });

  it.each([undefined, 3, { find: 3 }, {}])("live with a foreign state %o", (state) => {
    expect(placeOf("#/talks", state)?.find).toBe("");
  });
});

describe("route", () => {
  let entries: { address: string; state: unknown }[];
  let at: number;
  let moved: () => void;
  let shown: Place[];
  const browser: Browser = {
    hash: () => entries[at]!.address,
    state: () => entries[at]!.state,
    write: (how, state, address) => {
      if (how === "push") entries = [...entries.slice(0, ++at), { address, state }];
      else entries[at] = { address, state };
    },
    onMove: (listen) => { moved = listen; },
  };
  const start = (address: string, state: unknown = null): Route => {
    [entries, at, shown] = [[{ address, state }], 0, []];
    const route = new Route(browser, (one) => { shown.push(one); });
    route.begin(place());
    return route;
  };
  const back = (by: number): void => { at += by; moved(); };
  beforeEach(() => { moved = () => undefined; });

  it("opens what the address names, and pushes nothing for it", () => {
    const route = start("#/talks/c_1?list=recent", { find: "王" });
    expect(shown).toEqual([place({ id: "c_1", list: "recent", find: "王" })]);
    route.moved(place({ id: "c_1", list: "recent", find: "王" }));
    expect(entries).toHaveLength(1);
  });

  it("gives an address to a screen that had none", () => {
    start("");
    expect(shown).toEqual([]);
    expect(entries.map((one) => one.address)).toEqual(["#/talks"]);
  });

  it("goes back and forward through what was looked at", () => {
    const route = start("#/talks");
    route.moved(place({ id: "c_1" }));
    route.moved(place({ id: "c_1" }));
    route.moved(place({ id: "c_2", find: "滤网" }));
    expect(entries).toHaveLength(3);
    shown.length = 0;
    back(-1);
    route.moved(place({ id: "c_1" }));
    back(1);
    expect(shown).toEqual([place({ id: "c_1" }), place({ id: "c_2", find: "滤网" })]);
    expect(entries).toHaveLength(3);
  });

  it("is begun once, although people log in again", () => {
    const route = start("#/talks/c_1");
    route.begin(place());
    expect(shown).toHaveLength(1);
  });
});
