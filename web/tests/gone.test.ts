import { describe, expect, it } from "vitest";
import { Conversation } from "../console/src/conversation";
import type { AgentLog } from "../console/src/model";
import type { LogItem } from "../shared/protocol";
import { MemoryStore } from "../shared/wire/storage";

const made = (): Conversation => new Conversation("c", "a_me", "小林", new MemoryStore(), "p:", "tab", { send: () => new Promise(() => undefined), delivered: () => undefined, unauthorized: () => undefined }, () => Promise.resolve());
const event = (seq: number, agent: string, body: Record<string, unknown>): LogItem => ({ seq, at: "2026-12-01T00:00:00Z", sender: "system", kind: "event", body, agent }) as unknown as LogItem;
const log = (items: LogItem[], more: Partial<AgentLog>): AgentLog => ({ items, annotations: [], last_seq: items.at(-1)?.seq ?? 0, state: "human", owner: "a_me", epoch: 1, tags: [], customer_read: 0, ...more });

describe("a conversation that left this person", () => {
  it("says who has it now, and nothing once that is over too", () => {
    const one = made();
    one.take(log([event(1, "小林", { to: "human", agent: "小林" })], {}));
    one.take(log([event(2, "小陈", { to: "human", agent: "小陈" })], { owner: "a_chen", epoch: 2 }));
    expect(one.view.gone?.owner).toBe("小陈");
    one.take(log([event(3, "小陈", { to: "waiting", reason: "returned" })], { owner: null, state: "waiting", epoch: 3 }));
    expect(one.view.gone).toBeNull();
  });
  it("keeps why it was taken back while somebody else comes", () => {
    const one = made();
    one.take(log([event(1, "小林", { to: "human", agent: "小林" })], {}));
    one.take(log([event(2, "", { to: "waiting", reason: "unanswered" })], { owner: null, state: "waiting", epoch: 2 }));
    expect([one.view.gone?.owner, one.view.gone?.why.includes("太久没有回复")]).toEqual(["", true]);
    one.take(log([event(3, "小陈", { to: "human", agent: "小陈" })], { owner: "a_chen", epoch: 3 }));
    expect([one.view.gone?.owner, one.view.gone?.why.includes("太久没有回复")]).toEqual(["小陈", true]);
  });
  it("is no alarm when a colleague accepted what this person handed over", () => {
    const one = made();
    one.take(log([event(1, "小林", { to: "human", agent: "小林" })], {}));
    one.take(log([event(2, "小林", { to: "waiting", reason: "transferred" }), event(3, "小陈", { to: "human", agent: "小陈" })], { owner: "a_chen", epoch: 3 }));
    expect(one.view.gone).toBeNull();
  });
});
