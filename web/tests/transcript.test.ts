import { describe, expect, it } from "vitest";
import { linesOf } from "../console/src/transcript";
import type { Annotation } from "../console/src/model";
import { partsOf } from "../console/src/textParts";
import type { ItemBody, LogItem, Sender } from "../shared/protocol";

let seq = 0;
const at = (minute: number): string => new Date(Date.parse("2026-11-30T06:00:00Z") + minute * 60_000).toISOString();
const item = (sender: Sender, minute: number, body: ItemBody, more: Partial<LogItem> = {}): LogItem => ({ seq: ++seq, at: at(minute), sender, kind: "text", body, ...more });
const event = (minute: number, body: ItemBody, agent?: string): LogItem => item("system", minute, body, { kind: "event", agent });

function talk(): LogItem[] {
  seq = 0;
  return [
    item("customer", 0, { text: "边刷不转" }), item("bot", 0, { text: "好的" }), item("bot", 0, { text: "为您转人工" }),
    event(1, { from: "bot", to: "waiting", reason: "requested" }), item("system", 1, { text: "前面还有 2 位" }), item("customer", 2, { text: "快点" }), item("system", 3, { text: "您排在最前面" }),
    event(4, { from: "waiting", to: "human" }, "小林"), item("system", 4, { text: "小林已接入" }),
    item("agent", 5, { text: "您好" }, { agent: "小林" }), item("agent", 5, { text: "我看一下" }, { agent: "小林" }), item("agent", 6, { text: "我也在" }, { agent: "小周" }),
    event(20, { from: "human", to: "closed", resolution: "solved" }),
  ];
}
const shape = (lines: ReturnType<typeof linesOf>): string[] => lines.map((one) => (one.kind === "message" ? `${one.side}${one.first ? "" : "+"} ${one.item.body.text ?? ""}` : one.kind === "events" ? `(${one.events.map((each) => each.text).join("|")})` : one.kind));

describe("a conversation as it is read", () => {
  it("puts everything the system did for one handoff in the line where it began, and groups one speaker's messages", () => {
    expect(shape(linesOf(talk(), [], "小林"))).toEqual([
      "day", "customer 边刷不转", "bot 好的", "bot+ 为您转人工", "(转人工（客户要求人工）|前面还有 2 位|您排在最前面|小林接入)", "customer 快点",
      "(小林已接入)", "own 您好", "own+ 我看一下", "colleague 我也在", "(会话结束（已解决）)",
    ]);
  });
  it("folds the clock's own remarks into it, and leaves notes where they were written", () => {
    const note = (id: string, after: number, kind: string, text: string): Annotation => ({ id, after_seq: after, at: at(3), kind, author: "system", body: { text } });
    const lines = linesOf(talk(), [note("1", 6, "sla", "首次响应超时"), note("2", 9, "note", "客户急用"), note("3", 2, "understanding", "x")], "小林");
    expect(shape(lines).filter((one) => one.startsWith("(转人工"))[0]).toContain("首次响应超时");
    expect(lines.filter((one) => one.kind === "note")).toHaveLength(1);
  });
  it("begins the new part at the first that the customer said after what was seen", () => {
    expect(shape(linesOf(talk(), [], "小林", 4))).toContain("new");
    const lines = shape(linesOf(talk(), [], "小林", 4));
    expect(lines[lines.indexOf("new") + 1]).toBe("customer 快点");
    expect(shape(linesOf(talk(), [], "小林", 6))).not.toContain("new");
  });
  it("starts a line of its own for the next handoff", () => {
    const again = [...talk(), event(30, { from: "closed", to: "bot" }), event(31, { from: "bot", to: "waiting", reason: "anger" }), event(33, { from: "waiting", to: "ticket" })];
    expect(shape(linesOf(again, [], "小林")).slice(-2)).toEqual(["(会话结束（已解决）|客户又来咨询)", "(转人工（客户情绪激动）|转为留言)"]);
  });
});

describe("links and numbers in a text", () => {
  const kinds = (text: string): string[] => partsOf(text).map((part) => `${part.kind}:${part.text}`);
  it("ends an address where the sentence goes on", () => {
    expect(kinds("见https://example.com/a?b=1，谢谢")).toEqual(["text:见", "link:https://example.com/a?b=1", "text:，谢谢"]);
    expect(kinds("(https://example.com/x).")).toEqual(["text:(", "link:https://example.com/x", "text:)."]);
    expect(kinds("https://example.com/看这里")).toEqual(["link:https://example.com/", "text:看这里"]);
  });
  it("follows nothing that hides where it leads or runs", () => {
    for (const text of ["javascript:alert(1)", "https://bank.com@evil.com/x", "https://xn--80ak6aa92e.com/", "http://localhost/x", "data:text/html,hi", "ftp://example.com"]) expect(partsOf(text).some((part) => part.kind === "link"), text).toBe(false);
    expect(partsOf("https://a.example.com/\"onclick=")[0]).toMatchObject({ kind: "link", host: "a.example.com" });
  });
  it("knows numbers of orders, parcels and requests, and no phone number", () => {
    expect(kinds("订单202611010003，单号SF1234567890123已发")).toEqual(["text:订单", "number:202611010003", "text:，单号", "number:SF1234567890123", "text:已发"]);
    expect(kinds("RT000000000001")).toEqual(["number:RT000000000001"]);
    expect(kinds("电话13800001234，138****1234，价格 12.50")).toEqual(["text:电话13800001234，138****1234，价格 12.50"]);
  });
  it("loses no character", () => {
    for (const text of ["", " a  b\n", "https://", "x https://a.b/c) 202611010003!"]) expect(partsOf(text).map((part) => part.text).join("")).toBe(text);
  });
});
