import { describe, expect, it } from "vitest";
import type { ConversationView } from "../console/src/conversation";
import type { Agent, QueueItem, Status } from "../console/src/model";
import { standingOf, whyBlocked } from "../console/src/standing";

const NOW = Date.parse("2026-11-30T06:00:00Z");
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();
const item = (more: Partial<QueueItem>): QueueItem => ({ conversation_id: "c", group: "online", priority: 1, level: "I", category: null, waiting_since: null, deadlines: null, ...more });

describe("how a conversation stands with its agent", () => {
  it("counts down to what the service will do, and says nothing while nothing presses", () => {
    expect(standingOf(item({}), NOW)).toBeNull();
    expect(standingOf(item({ unanswered_since: at(-30) }), NOW)).toBeNull();
    expect(standingOf(item({ unanswered_since: at(-3), unanswered_until: at(6) }), NOW)?.text).toBe("客户已经等了 0:03，再过 0:06 没有回复就收回到队列");
    expect(standingOf(item({ unanswered_since: at(-90), unanswered_until: at(150) }), NOW)?.text).toBe("客户已经等了 1:30，再过 2:30 没有回复就收回到队列");
    expect(standingOf(item({ offered_to: "小周", offer_expires_at: at(20), unanswered_since: at(-90) }), NOW)?.text).toBe("等小周应答，剩 0:20");
    expect(standingOf(item({ held_until: at(60), held_note: "等仓库" }), NOW)?.kind).toBe("held");
  });
});

describe("why nobody can write here", () => {
  const desk = (status: Status = "online", groups = ["online"]): Parameters<typeof whyBlocked>[0] => ({ view: { agent: { groups } as Agent, status, expired: false } });
  const view = (state: ConversationView["state"]): ConversationView => ({ state, loaded: true }) as ConversationView;
  it("is said for every state, with what to do where something can be done", () => {
    expect(whyBlocked(desk(), view("human"), true)).toBeNull();
    expect(whyBlocked(desk(), view("waiting"), false)).toMatchObject({ action: "claim" });
    expect(whyBlocked(desk("away"), view("ticket"), false)).toMatchObject({ action: "online", text: "客户留了言。您现在是“离开”，改成在线才能接入和回复。" });
    expect(whyBlocked(desk("online", []), view("waiting"), false)?.action).toBeUndefined();
    expect(whyBlocked(desk(), view("human"), false, "小周")?.text).toContain("小周正在接待");
    for (const state of ["bot", "closed"] as const) expect(whyBlocked(desk(), view(state), false)?.text).toBeTruthy();
    expect(whyBlocked(desk(), { ...view("waiting"), loaded: false }, false)).toBeNull();
  });
});
