import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ack } from "../shared/protocol";
import { Courier } from "../shared/wire/courier";
import { Failure, offline } from "../shared/wire/failure";
import { Outbox, type OutboxEntry } from "../shared/wire/outbox";
import { MemoryStore } from "../shared/wire/storage";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

/** A server that answers by script and remembers what it was sent. */
function courier(answer: (entry: OutboxEntry, attempt: number) => Ack | Failure) {
  const outbox = new Outbox(new MemoryStore(), "o:", "tab");
  const sent: string[] = [];
  const delivered: number[] = [];
  let unauthorized = 0;
  const post = new Courier(outbox, {
    send: (entry) => {
      sent.push(entry.id);
      const result = answer(entry, sent.filter((id) => id === entry.id).length);
      return result instanceof Failure ? Promise.reject(result) : Promise.resolve(result);
    },
    delivered: (_entry, ack) => { delivered.push(ack.seq); },
    unauthorized: () => { unauthorized += 1; },
  });
  return { outbox, sent, delivered, post, unauthorized: () => unauthorized };
}
const ack = (entry: OutboxEntry, seq = 1): Ack => ({ client_msg_id: entry.id, seq });

describe("courier", () => {
  it("sends one after the other in the order of writing and empties the outbox", async () => {
    let seq = 0;
    const t = courier((entry) => ack(entry, (seq += 1)));
    for (const id of ["a", "b", "c"]) t.outbox.add(id, "text", { text: id }, 0);
    t.post.kick();
    await vi.runAllTimersAsync();
    expect(t.sent).toEqual(["a", "b", "c"]);
    expect(t.delivered).toEqual([1, 2, 3]);
    expect(t.outbox.list()).toEqual([]);
  });

  it("keeps everything while there is no line and sends it once after the next kick", async () => {
    let up = false;
    const t = courier((entry) => (up ? ack(entry) : offline()));
    t.outbox.add("a", "text", { text: "a" }, 0);
    t.post.kick();
    await vi.runAllTimersAsync();
    expect(t.outbox.list()).toHaveLength(1);
    expect(t.outbox.list()[0]?.status).toBe("pending");
    up = true;
    t.post.kick();
    t.post.kick();
    await vi.runAllTimersAsync();
    expect(t.sent).toEqual(["a", "a"]);
    expect(t.outbox.list()).toEqual([]);
  });

  it("waits as long as a busy server asks, then repeats the same id before anything newer", async () => {
    const t = courier((entry, attempt) => (entry.id === "a" && attempt === 1 ? new Failure("later", "忙", "busy", 5) : ack(entry)));
    t.outbox.add("a", "text", { text: "a" }, 0);
    t.outbox.add("b", "text", { text: "b" }, 0);
    t.post.kick();
    await vi.advanceTimersByTimeAsync(4_900);
    expect(t.sent).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(t.sent).toEqual(["a", "a", "b"]);
  });

  it("gives a message up to the person after six busy answers and goes on with the next", async () => {
    const t = courier((entry) => (entry.id === "a" ? new Failure("later", "忙", "busy") : ack(entry)));
    t.outbox.add("a", "text", { text: "a" }, 0);
    t.outbox.add("b", "text", { text: "b" }, 0);
    t.post.kick();
    await vi.runAllTimersAsync();
    expect(t.sent.filter((id) => id === "a")).toHaveLength(6);
    expect(t.outbox.list()).toMatchObject([{ id: "a", status: "failed", error: "忙" }]);
    expect(t.sent.at(-1)).toBe("b");
  });

  it("a refused message is marked with the server's sentence and does not block the others", async () => {
    const t = courier((entry) => (entry.id === "a" ? new Failure("refused", "消息太长了", "too_large") : ack(entry)));
    t.outbox.add("a", "text", { text: "a" }, 0);
    t.outbox.add("b", "text", { text: "b" }, 0);
    t.post.kick();
    await vi.runAllTimersAsync();
    expect(t.outbox.list()).toMatchObject([{ id: "a", status: "failed", error: "消息太长了" }]);
    expect(t.sent).toEqual(["a", "b"]);
  });

  it("keeps the message when the credentials are gone", async () => {
    const t = courier(() => new Failure("unauthorized", "登录已失效"));
    t.outbox.add("a", "text", { text: "a" }, 0);
    t.post.kick();
    await vi.runAllTimersAsync();
    expect(t.unauthorized()).toBe(1);
    expect(t.outbox.list()).toMatchObject([{ id: "a", status: "pending" }]);
  });

  it("takes over another tab's message when that tab is gone", async () => {
    const store = new MemoryStore();
    new Outbox(store, "o:", "other").add("x", "text", { text: "x" }, 0);
    const mine = new Outbox(store, "o:", "mine");
    const sent: string[] = [];
    const post = new Courier(mine, { send: (entry) => { sent.push(entry.id); return Promise.resolve(ack(entry)); }, delivered: () => undefined, unauthorized: () => undefined });
    post.kick();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(sent).toEqual(["x"]);
  });
});
