import { describe, expect, it } from "vitest";
import { callOf } from "../console/src/call";
import type { Case, CaseEntry, CasePage, CaseSummary } from "../console/src/caseModel";
import { CaseBook, type CaseApi } from "../console/src/cases";
import { whatOf, whoOf, wordsOf } from "../console/src/caseTimeline";
import { Failure } from "../shared/wire/failure";

const summary = (case_no: string, more: Partial<CaseSummary> = {}): CaseSummary => ({
  case_no, state: "received", state_since: "2026-11-22T06:00:00Z", created_at: "2026-11-22T06:00:00Z", updated_at: "2026-11-22T06:00:00Z", channel: "phone", origin: "phone", contacts: 1,
  conversation_id: null, category: "product.quality", level: "II", priority: 3, complaint_kind: null, complaint_grade: null, group: "technical", owner: null, owner_name: null, deadlines: {}, first_response_at: null,
  order_no: null, item: null, tags: [], customer: { name: null, contact: null, verified: false }, preview: "", ...more,
});
const whole = (case_no: string, more: Partial<Case> = {}): Case => ({
  ...summary(case_no), urgency: "normal", responsibility: "undetermined", description: null, demand: null, requests: [], evidence: [], may_move_to: ["diagnosing", "archived"], conversations: [], reminders: [], timeline: [], record: null, ...more,
});
const page = (numbers: string[], next: string | null = null): CasePage => ({ items: numbers.map((no) => summary(no)), next });

function book(over: Partial<CaseApi> = {}): { book: CaseBook; said: string[]; asked: string[] } {
  const said: string[] = [];
  const asked: string[] = [];
  const api: CaseApi = {
    cases: (query, after) => { asked.push(`${query.state}/${after ?? ""}`); return Promise.resolve(after ? page(["CS2", "CS3"]) : page(["CS1", "CS2"], "older")); },
    case: (no) => Promise.resolve(whole(no)),
    moveCase: () => Promise.resolve(),
    classifyCase: () => Promise.resolve(),
    noteCase: () => Promise.resolve(),
    linkCase: () => Promise.resolve(),
    revealCase: () => Promise.resolve("13800001234"),
    tagCase: () => Promise.resolve([]),
    registerCall: () => Promise.resolve({ case_no: "CS9", joined: true }),
    ...over,
  };
  return { book: new CaseBook(api, (text) => { said.push(text); }), said, asked };
}

describe("the list of cases", () => {
  it("reads on from where a page ended, and shows no case twice", async () => {
    const made = book();
    await made.book.load();
    await made.book.more();
    await made.book.more();
    expect(made.book.view.items.map((one) => one.case_no)).toEqual(["CS1", "CS2", "CS3"]);
    expect(made.asked).toEqual(["open/", "open/older"]);
  });

  it("drops an answer to a question that was changed meanwhile", async () => {
    const waiting: ((page: CasePage) => void)[] = [];
    const made = book({ cases: () => new Promise((resolve) => { waiting.push(resolve); }) });
    const first = made.book.load();
    made.book.view.query.state = "archived";
    const second = made.book.load();
    waiting[1]?.(page(["CS8"]));
    waiting[0]?.(page(["CS1"]));
    await Promise.all([first, second]);
    expect(made.book.view.items.map((one) => one.case_no)).toEqual(["CS8"]);
  });

  it("says that it failed, and is whole after the next try", async () => {
    let down = true;
    const made = book({ cases: () => (down ? Promise.reject(new Failure("offline", "网络断开了")) : Promise.resolve(page([]))) });
    await made.book.load();
    expect([made.book.view.phase, made.book.view.error]).toEqual(["failed", "网络断开了"]);
    down = false;
    await made.book.load();
    expect([made.book.view.phase, made.book.view.items.length]).toEqual(["ready", 0]);
  });

  it("steps through the list round its ends", async () => {
    const made = book();
    await made.book.load();
    for (const [by, there] of [[1, "CS1"], [1, "CS2"], [1, "CS1"], [-1, "CS2"]] as const) {
      made.book.step(by);
      expect(made.book.view.selected).toBe(there);
    }
  });
});

describe("one case", () => {
  it("is moved from where the agent saw it, and read again", async () => {
    const moves: unknown[][] = [];
    let state: Case["state"] = "received";
    const made = book({ moveCase: (...told) => { moves.push(told); state = "diagnosing"; return Promise.resolve(); }, case: (no) => Promise.resolve(whole(no, { state })) });
    await made.book.load();
    await made.book.select("CS1");
    expect(await made.book.move("diagnosing", "我来")).toBe(true);
    expect(moves).toEqual([["CS1", "received", "diagnosing", "我来"]]);
    expect([made.book.view.current?.state, made.book.view.items[0]?.state]).toEqual(["diagnosing", "diagnosing"]);
  });

  it("says so when somebody else was faster, and keeps what was typed", async () => {
    const made = book({ moveCase: () => Promise.reject(new Failure("refused", "个案现在不在这一步", "stale", 0, 409)) });
    await made.book.select("CS1");
    expect(await made.book.move("diagnosing", "我来")).toBe(false);
    expect(made.said).toEqual(["个案已经不在这一步，已为您刷新"]);
  });

  it("of another group is told apart from a broken line", async () => {
    const made = book({ case: () => Promise.reject(new Failure("refused", "没有找到", "not_found", 0, 404)) });
    await made.book.select("CS1");
    expect(made.book.view.currentError).toContain("不在您的技能组");
  });

  it("forgets a revealed number with the next case", async () => {
    const made = book();
    await made.book.select("CS1");
    await made.book.reveal("phone", "回电");
    expect(made.book.view.contact).toBe("13800001234");
    await made.book.select("CS2");
    expect(made.book.view.contact).toBe("");
  });
});

describe("a phone call", () => {
  it("leaves out what was left empty", () => {
    const form = { name: " ", phone: "13800001234 ", order_no: "", category: "product.quality", item: "", description: " 不制冷 ", demand: "", take: true };
    expect(callOf("k1", form)).toEqual({ channel: "phone", client_case_id: "k1", description: "不制冷", take: true, category: "product.quality", customer: { phone: "13800001234" } });
    expect(callOf("k1", { ...form, phone: "" }).customer).toBeUndefined();
  });

  it("about a known matter says which case it joined, and opens it", async () => {
    const made = book();
    expect(await made.book.register(callOf("k1", { name: "", phone: "", order_no: "", category: "", item: "", description: "x", demand: "", take: false }))).toBe("CS9");
    expect(made.said).toEqual(["同一件事已有个案，这次来电记入 CS9"]);
    expect(made.book.view.selected).toBe("CS9");
  });
});

describe("the timeline", () => {
  const entry = (kind: string, more: Partial<CaseEntry> = {}): CaseEntry => ({ n: 1, at: "2026-11-22T06:00:00Z", kind, who: "system", who_name: null, from: null, to: null, move: null, why: null, body: {}, ...more });

  it("tells what happened in words", () => {
    expect(whatOf(entry("opened", { body: { channel: "phone" } }))).toBe("立案（电话）");
    expect(whatOf(entry("move", { from: "received", to: "diagnosing" }))).toBe("接收 → 诊断");
    expect(whatOf(entry("graded", { body: { after: { level: "II", complaint_grade: "important" } } }))).toBe("等级升为 Ⅱ 严重，投诉升为“重要”");
    expect(whatOf(entry("resolution", { body: { resolution: "no_answer" } }))).toBe("处理结果：客户未回应");
    expect(wordsOf(entry("move", { why: "我来", body: { note: "先寄配件" } }))).toBe("我来\n先寄配件");
  });

  it("names people, the customer and channels", () => {
    expect(["customer", "bot", "system", "channel:mail", "channel:weibo", "a_gone"].map((who) => whoOf(entry("note", { who })))).toEqual(["客户", "机器人", "系统", "邮件", "weibo", "已离开的同事"]);
    expect(whoOf(entry("note", { who: "a_1", who_name: "小林" }))).toBe("小林");
  });
});
