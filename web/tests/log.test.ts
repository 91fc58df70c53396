import { describe, expect, it } from "vitest";
import type { LogItem } from "../shared/protocol";
import { ConversationLog } from "../shared/wire/log";
import type { OutboxEntry } from "../shared/wire/outbox";
import { notYetInLog } from "../shared/wire/unsent";

const item = (seq: number, extra: Partial<LogItem> = {}): LogItem => ({ seq, at: "2026-11-22T06:00:00Z", sender: "bot", kind: "text", body: { text: `${seq}` }, ...extra });

describe("conversation log", () => {
  it("takes what continues it and ignores what it knows", () => {
    const log = new ConversationLog();
    expect(log.take([item(1), item(2)])).toHaveLength(2);
    expect(log.take([item(2), item(3)])).toMatchObject([{ seq: 3 }]);
    expect(log.items.map((one) => one.seq)).toEqual([1, 2, 3]);
  });

  it("refuses a gap whole, so that a resume can fill it", () => {
    const log = new ConversationLog();
    log.take([item(1)]);
    expect(log.take([item(3), item(4)])).toBe("gap");
    expect(log.take([item(2), item(4)])).toBe("gap");
    expect(log.lastSeq).toBe(1);
    expect(log.take([item(3), item(2)])).toHaveLength(2);
  });

  it("marks what was taken back, then or later", () => {
    const log = new ConversationLog();
    const back = (seq: number, of: number): LogItem => item(seq, { sender: "system", kind: "event", body: { event: "recalled", seq: of } });
    log.take([item(1), item(2), back(3, 1)]);
    expect(log.items.map((one) => one.recalled ?? false)).toEqual([true, false, false]);
    log.take([back(4, 2)]);
    expect(log.items.map((one) => one.recalled ?? false)).toEqual([true, true, false, false]);
  });

  it("starts over after a reload", () => {
    const log = new ConversationLog();
    log.take([item(1), item(2)]);
    log.reset();
    expect(log.lastSeq).toBe(0);
    expect(log.take([item(1)])).toHaveLength(1);
  });
});

describe("unsent messages", () => {
  const entry = (id: string, status: "pending" | "failed" = "pending"): OutboxEntry =>
    ({ id, kind: "text", body: { text: "同一句" }, at: 1, status, error: "", attempts: 0, after: 0, owner: "t", lease: 0 });

  it("a message that came back in the log before its ack is drawn once; its twin with another id stays", () => {
    const items = [item(1, { sender: "customer", client_msg_id: "a", body: { text: "同一句" } })];
    expect(notYetInLog([entry("a"), entry("b")], items).map((one) => one.id)).toEqual(["b"]);
  });
});
