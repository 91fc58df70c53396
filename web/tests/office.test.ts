import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentApi } from "../console/src/api";
import type { Agent, Right } from "../console/src/model";
import { count, drillId, drillOf, drillQuery, lastDays, percent, type Range, rangeOf, rangeText, score, span } from "../console/src/office/figures";
import { Office, storeDay } from "../console/src/office/office";
import { homeOf, may, pagesOf } from "../console/src/office/pages";
import { useAsked } from "../console/src/office/ask";
import type { WallNow } from "../console/src/office/model";
import { Failure } from "../shared/wire/failure";

const person = (...rights: Right[]): Agent => ({ id: "a", username: "a", name: "小林", role: "agent", groups: [], rights });

describe("pages", () => {
  it.each<[Right[], string[]]>([
    [["serve"], ["talks", "cases"]],
    [["serve", "read_all", "all_groups", "oversee", "figures", "assess", "rules", "shared_canned", "outbox"], ["talks", "cases", "wall", "history", "quality", "findings", "outbox", "rules", "replies"]],
    [["read_all", "figures", "assess", "rules"], ["talks", "cases", "history", "quality", "findings", "rules"]],
    [["design", "rules"], ["findings", "rules"]],
    [["rules", "shared_canned", "outbox", "administer"], ["accounts", "audit", "outbox", "rules", "replies"]],
  ])("of somebody who may %j", (rights, pages) => {
    expect(pagesOf(person(...rights)).map((one) => one.page)).toEqual(pages);
    expect(homeOf(person(...rights))).toBe(pages[0]);
  });
  it("nobody may anything before the login", () => {
    expect(pagesOf(null)).toEqual([]);
    expect(may(null, "serve")).toBe(false);
  });
});

describe("figures as people read them", () => {
  it.each([
    [percent(0.9), "90%"], [percent(0.6437), "64.4%"], [percent(1), "100%"], [percent(0), "0%"], [percent(null), "—"],
    [span(48), "48 秒"], [span(320), "5:20"], [span(9600), "2小时40分"], [span(null), "—"], [score(4.5), "4.50"], [count(12345), "12,345"],
  ])("%s", (told, wanted) => { expect(told).toBe(wanted); });
  it("days end today, across months and years", () => {
    expect(lastDays("2026-11-30", 1)).toEqual(["2026-11-30", "2026-11-30"]);
    expect(lastDays("2026-03-01", 7)).toEqual(["2026-02-23", "2026-03-01"]);
    expect(lastDays("2027-01-02", 30)).toEqual(["2026-12-04", "2027-01-02"]);
  });
  it("the store's day is the store's", () => {
    expect(storeDay(new Date("2026-11-29T16:30:00Z"))).toBe("2026-11-30");
  });
});

describe("the range of the figures, as an address", () => {
  const office = (): Office => new Office({} as AgentApi);
  it.each(["2026-11-01.2026-11-07..", "2026-11-01.2026-11-01.group.online", "2026-11-01.2026-11-07.category.order.status"])("there and back %s", (text) => {
    const one = office();
    one.goToRange(text);
    expect(one.rangeText).toBe(text);
    expect(rangeText(rangeOf(text) as Range)).toBe(text);
  });
  it.each(["", "x", "2026-11-07.2026-11-01..", "2026-13-40.2026-13-41..", "2026-11-01.2026-11-07.by.x"])("is the usual one for %j, which needs none", (text) => {
    const one = office();
    one.goToRange("2026-11-01.2026-11-07..");
    one.goToRange(text);
    expect(one.rangeText).toBe("");
    expect([one.range.from, one.range.to]).toEqual(lastDays(one.today, 30));
  });
});

describe("the list behind a figure, as an address", () => {
  it.each([
    { figure: "waiting", from: "", to: "", by: "group", value: "", part: "online" },
    { figure: "handoffs", from: "2026-11-01", to: "2026-11-30", by: "category", value: "anger", part: "order.status" },
    { figure: "unanswered", from: "", to: "", by: "agent", value: "", part: "a_x-1" },
  ] as const)("there and back %o", (drill) => {
    expect(drillOf(drillId(drill))).toEqual(drill);
    expect(drillId(drill)).toMatch(/^[\w.-]{1,80}$/);
  });
  it("asks the server by its names", () => {
    expect(drillQuery({ figure: "handoffs", from: "2026-11-01", to: "2026-11-02", by: "category", value: "anger", part: "order.status" })).toBe("figure=handoffs&from=2026-11-01&to=2026-11-02&value=anger&category=order.status");
    expect(drillQuery({ figure: "waiting", from: "", to: "", by: "", value: "", part: "" })).toBe("figure=waiting");
  });
  it.each(["", "<b>", "waiting...phase", "..."])("is none: %s", (id) => { expect(drillOf(id)).toBeNull(); });
});

describe("the wall", () => {
  const now = { today: { day: "2026-11-30" } } as WallNow;
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });
  const office = (get: () => Promise<WallNow>): Office => new Office({ get } as unknown as AgentApi);

  it("is asked of the socket, again after it came back, and no more when nobody looks", () => {
    const told: unknown[] = [];
    const tell = (frame: unknown): boolean => { told.push(frame); return true; };
    const one = office(() => Promise.resolve(now));
    one.linked(tell);
    one.lookAtWall();
    one.linked(null);
    one.linked(tell);
    one.lookAway();
    expect(told).toEqual([{ type: "wall", on: true }, { type: "wall", on: true }, { type: "wall", on: false }]);
  });
  it("is read by HTTP while no frame comes, and says what went wrong", async () => {
    const get = vi.fn().mockRejectedValueOnce(new Failure("offline", "x")).mockResolvedValue(now);
    const one = office(get);
    one.lookAtWall();
    await vi.advanceTimersByTimeAsync(0);
    expect(one.view.wallError).toBe("连不上服务器，请检查网络");
    await vi.advanceTimersByTimeAsync(9_000);
    expect(one.view.wall).toEqual(now);
    expect(one.view.wallError).toBe("");
    const before = get.mock.calls.length;
    const live = setInterval(() => { one.takeWall(now); }, 1_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(get.mock.calls.length).toBe(before);
    clearInterval(live);
    one.lookAway();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(get.mock.calls.length).toBe(before);
  });
});

describe("what a page reads", () => {
  it("keeps what it shows while it reads again, and drops an answer that was overtaken", async () => {
    const answers: ((value: number) => void)[] = [];
    const asked = useAsked(() => new Promise<number>((resolve) => { answers.push(resolve); }));
    const first = asked.again();
    const second = asked.again();
    answers[1]?.(2);
    answers[0]?.(1);
    await Promise.all([first, second]);
    expect(asked.value.value).toBe(2);
    expect(asked.busy.value).toBe(false);
    void asked.again();
    expect([asked.value.value, asked.busy.value]).toEqual([2, true]);
  });
  it("tells a failure in a sentence, and a later success ends it", async () => {
    let fails = true;
    const asked = useAsked(() => (fails ? Promise.reject(new Failure("refused", "一次最多看 92 天。")) : Promise.resolve(1)));
    await asked.again();
    expect(asked.error.value).toBe("一次最多看 92 天。");
    fails = false;
    await asked.again();
    expect([asked.error.value, asked.value.value]).toEqual(["", 1]);
  });
});
