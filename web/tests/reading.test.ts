import { describe, expect, it } from "vitest";
import { urgencyOf } from "../console/src/deadline";
import { cardsOf, money, requestKind } from "../shared/cards/reading";
import { dateTime, dayName, duration, hourMinute, serverNow, setServerTime, setStoreZone } from "../shared/clock";
import { sendsOnEnter, watchComposition } from "../shared/typing";
import { backoff } from "../shared/wire/backoff";
import { subjectOf } from "../widget/src/credentials";
import { eventLine } from "../widget/src/wording";

describe("what people read", () => {
  it("names days and durations", () => {
    const now = new Date("2026-11-22T12:00:00+08:00");
    expect(dayName("2026-11-22T01:00:00+08:00", now)).toBe("今天");
    expect(dayName("2026-11-21T23:00:00+08:00", now)).toBe("昨天");
    expect(dayName("2026-11-20T09:00:00+08:00", now)).toBe("11月20日 星期五");
    expect(dayName("2025-02-03T09:00:00+08:00", now)).toBe("2025年2月3日");
    expect([duration(42_000), duration(725_000), duration(11_100_000), duration(187_200_000)]).toEqual(["0:42", "12:05", "3小时5分", "2天4小时"]);
  });

  it("shows times in the store's zone, wherever the browser is", () => {
    const now = new Date("2026-11-22T12:00:00Z");
    expect(dateTime("2026-11-21T17:30:00Z", now)).toBe("11月22日 01:30");
    setStoreZone("America/New_York");
    expect(dateTime("2026-11-21T17:30:00Z", now)).toBe("11月21日 12:30");
    setStoreZone("Mars/Olympus");
    setStoreZone(undefined);
    expect(hourMinute("2026-11-21T17:30:00Z")).toBe("12:30");
    expect(dateTime("2025-01-01", now)).toBe("2025年1月1日");
    setStoreZone("Asia/Shanghai");
  });

  it("knows today by the server's clock: a computer that is two days behind shows the same day as all others", () => {
    const today = new Date().toISOString();
    setServerTime(new Date(Date.now() + 2 * 86_400_000).toISOString());
    expect(dayName(today)).not.toBe("今天");
    expect(serverNow().getTime() - Date.now()).toBeGreaterThan(2 * 86_000_000);
    setServerTime("no time");
    setServerTime(undefined);
    expect(serverNow().getTime() - Date.now()).toBeGreaterThan(2 * 86_000_000);
    setServerTime(new Date().toISOString());
    expect(dayName(today)).toBe("今天");
  });

  it("colours a deadline by what is left", () => {
    const now = Date.parse("2026-11-22T06:00:00Z");
    expect(urgencyOf("2026-11-22T06:05:00Z", now)).toBe("ok");
    expect(urgencyOf("2026-11-22T06:01:00Z", now)).toBe("soon");
    expect(urgencyOf("2026-11-22T05:59:00Z", now)).toBe("over");
    expect(urgencyOf(null, now)).toBe("none");
  });

  it("reads cards alone and in a list, and survives odd fields", () => {
    expect(cardsOf({ card: "order", order_no: "1" })).toHaveLength(1);
    expect(cardsOf({ cards: [{ card: "order" }, { card: "logistics" }] })).toHaveLength(2);
    expect(cardsOf({ text: "没有卡片" })).toEqual([]);
    expect([money("369"), money(12.5), money(null), money("面议")]).toEqual(["¥369.00", "¥12.50", "", "面议"]);
    expect(requestKind({ card: "request", request_no: "RT202611220001" })).toBe("退货退款");
  });

  it("tells state moves in a sentence, and none where none is needed", () => {
    expect(eventLine({ from: "waiting", to: "human", agent: "小林" })).toBe("人工客服 小林 已接入");
    expect(eventLine({ from: "human", to: "waiting" })).toBe("客服暂时离开，正在为您重新接入");
    expect(eventLine({ event: "transferred", from: "human", to: "waiting" })).toBe("正在为您换一位客服");
    expect(eventLine({ from: "closed", to: "bot" })).toBe("");
  });
});

describe("what people type and pick", () => {
  const key = (extra: Partial<KeyboardEvent> = {}): KeyboardEvent =>
    ({ key: "Enter", shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, keyCode: 13, timeStamp: 5_000, ...extra }) as KeyboardEvent;

  it("Enter sends, Shift+Enter does not", () => {
    const composition = watchComposition();
    expect(sendsOnEnter(key(), composition)).toBe(true);
    expect(sendsOnEnter(key({ shiftKey: true }), composition)).toBe(false);
  });

  it("the Enter of an input method never sends, in the order of any browser", () => {
    const composition = watchComposition();
    expect(sendsOnEnter(key({ isComposing: true }), composition)).toBe(false);
    expect(sendsOnEnter(key({ keyCode: 229 }), composition)).toBe(false);
    composition.start();
    expect(sendsOnEnter(key(), composition)).toBe(false);
    composition.end({ timeStamp: 5_000 } as Event);
    expect(sendsOnEnter(key({ timeStamp: 5_010 }), composition)).toBe(false);
    expect(sendsOnEnter(key({ timeStamp: 5_200 }), composition)).toBe(true);
  });

  it("two signed-in customers of one browser get two storage keys, Chinese ids too", () => {
    const jwt = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
    expect(subjectOf(jwt({ sub: "u1" }))).toBe("u1");
    expect(subjectOf(jwt({ sub: "王小明" }))).toBe("王小明");
    expect(subjectOf("not a token")).toBe("?");
  });
});

describe("reconnect", () => {
  it("backs off from half a second to twenty, with jitter around it", () => {
    expect(backoff(0, () => 0.5)).toBe(500);
    expect(backoff(3, () => 0.5)).toBe(4_000);
    expect(backoff(50, () => 0.5)).toBe(20_000);
    expect(backoff(0, () => 0)).toBe(350);
    expect(backoff(0, () => 1)).toBe(650);
  });
});
