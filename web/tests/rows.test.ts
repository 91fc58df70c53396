import { describe, expect, it } from "vitest";
import { arranged, arrangementOf, arrangementText, isHead, tagsIn } from "../console/src/arrangement";
import { Lists } from "../console/src/lists";
import type { FoundItem, QueueItem } from "../console/src/model";
import { rowOf, rowOfFound, tintOf } from "../console/src/rows";
import { MemoryStore } from "../shared/wire/storage";

const NOW = Date.parse("2026-11-30T06:00:00Z");
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();
const waiting = (id: string, more: Partial<QueueItem> = {}): QueueItem => ({
  conversation_id: id, group: "online", priority: 1, level: "I", category: "return.request", state: "waiting", waiting_since: at(-60), deadlines: { first_response: at(240) }, preview: "我要退货", customer: "访客", ...more,
});
const mine = (id: string, more: Partial<QueueItem> = {}): QueueItem => waiting(id, { state: "human", deadlines: { plan: at(3600) }, ...more });
describe("a line of a list", () => {
  it("tells two visitors apart, the same way every time", () => {
    const [one, two] = [rowOf(waiting("c_aaaa1111"), "queue", NOW), rowOf(waiting("c_bbbb2222"), "queue", NOW)];
    expect([one.name, two.name]).toEqual(["访客 1111", "访客 2222"]);
    expect([one.mark, two.mark]).toEqual(["11", "22"]);
    expect(one.tint).toBe(tintOf("c_aaaa1111"));
    expect(rowOf(waiting("c_x", { customer: "王**" }), "queue", NOW).mark).toBe("王");
  });
  it("has the clock that matters where it stands", () => {
    const clock = (item: QueueItem, place: "queue" | "mine" | "recent"): string | undefined => rowOf(item, place, NOW).clock?.text;
    expect(clock(waiting("a"), "queue")).toBe("剩 4:00");
    expect(clock(waiting("a", { deadlines: { first_response: at(-65) } }), "queue")).toBe("超 1:05");
    expect(clock(waiting("a", { deadlines: null }), "queue")).toBe("等 1:00");
    expect(clock(mine("a", { unanswered_since: at(-100) }), "mine")).toBe("等 1:40");
    expect(rowOf(mine("a", { unanswered_since: at(-100) }), "mine", NOW).clock?.step).toBe("over");
    expect(clock(mine("a"), "mine")).toBe("剩 1小时0分");
    expect(clock(mine("a", { offered_to: "小周" }), "mine")).toBe("转给小周中");
    expect(clock(waiting("a"), "recent")).toBe("剩 4:00");
    expect(clock(mine("a", { state: "closed", updated_at: at(-60) }), "recent")).toBe("13:59");
  });
  it("says what the customer said, the thing and the end of the order's number", () => {
    const row = rowOf(waiting("a", { item: "扫地机器人", order_no: "202611010003" }), "queue", NOW);
    expect([row.words, row.about, row.order]).toEqual(["我要退货", "扫地机器人", "0003"]);
    const hit: FoundItem = { ...mine("a"), found: { by: "words", seq: 3, text: "壶盖碎了" } };
    expect(rowOfFound(hit, NOW).words).toBe("壶盖碎了");
    const ended = rowOfFound({ ...hit, found: { by: "summary", seq: 3, text: "寄出壶盖" } }, NOW);
    expect([ended.words, ended.flag?.text]).toEqual(["寄出壶盖", "服务小结"]);
  });
  it("shows what a tag marks, and nothing else when it is chosen", () => {
    const items = [waiting("a", { tags: ["待回访", "老客户"] }), waiting("b", { tags: ["老客户"] }), waiting("c")];
    expect(rowOf(items[0] as QueueItem, "queue", NOW).tags).toEqual(["待回访", "老客户"]);
    expect(arranged(items, { sort: "line", by: "none", tag: "老客户" }).map((one) => one.key)).toEqual(["a", "b"]);
    expect(tagsIn(items, "")).toEqual(["老客户", "待回访"]);
    expect(tagsIn([], "老客户")).toEqual(["老客户"]);
  });
  it("warns of danger before mood", () => {
    expect(rowOf(waiting("a", { reason: "safety", emotion: "angry" }), "queue", NOW).flag?.text).toBe("安全");
    expect(rowOf(waiting("a", { emotion: "angry" }), "queue", NOW).flag?.text).toBe("愤怒");
  });
});

describe("arranging a list", () => {
  const ids = (entries: ReturnType<typeof arranged>): string[] => entries.map((one) => (isHead(one) ? `# ${one.name} ${one.count}` : one.item.conversation_id));
  const items = [waiting("a", { waiting_since: at(-10) }), waiting("b", { waiting_since: at(-90), state: "ticket" }), waiting("c", { waiting_since: at(-50), level: "III" })];
  it("leaves the line as the server has it, or puts the longest wait first", () => {
    expect(ids(arranged(items, { sort: "line", by: "none", tag: "" }))).toEqual(["a", "b", "c"]);
    expect(ids(arranged(items, { sort: "waits", by: "none", tag: "" }))).toEqual(["b", "c", "a"]);
  });
  it("counts the wait for words in hand, and who does not wait comes last", () => {
    const inHand = [mine("a"), mine("b", { unanswered_since: at(-5) }), mine("c", { unanswered_since: at(-50) })];
    expect(ids(arranged(inHand, { sort: "waits", by: "none", tag: "" }))).toEqual(["c", "b", "a"]);
    expect(ids(arranged(inHand, { sort: "line", by: "turn", tag: "" }))).toEqual(["# 等您回复 2", "b", "c", "# 等客户回复 1", "a"]);
  });
  it("keeps tickets apart, the gravest level first, and folds a group", () => {
    expect(ids(arranged(items, { sort: "line", by: "kind", tag: "" }))).toEqual(["# 在线等待 2", "a", "c", "# 留言 1", "b"]);
    expect(ids(arranged(items, { sort: "line", by: "level", tag: "" }))[0]).toBe("# Ⅲ 重大 1");
    expect(ids(arranged(items, { sort: "line", by: "kind", tag: "" }, new Set(["kind:0"])))).toEqual(["# 在线等待 2", "# 留言 1", "b"]);
  });
  it("is kept, and nothing strange is taken from what was kept", () => {
    const store = new MemoryStore();
    const lists = new Lists(store);
    lists.choose("queue", { sort: "waits", by: "level", tag: "" });
    expect(new Lists(store).view.queue).toEqual({ sort: "waits", by: "level", tag: "" });
    expect(new Lists(store).inOrder(items, [])).toEqual(["c", "b", "a"]);
    expect(arrangementOf("line.none.待回访", "queue")).toEqual({ sort: "line", by: "none", tag: "待回访" });
    expect(arrangementOf(arrangementText({ sort: "waits", by: "level", tag: "a.b" }), "queue")).toEqual({ sort: "waits", by: "level", tag: "a.b" });
    expect(arrangementOf("waits.turn", "queue")).toEqual({ sort: "waits", by: "none", tag: "" });
    expect(arrangementOf("<script>", "mine")).toEqual({ sort: "line", by: "none", tag: "" });
  });
});
