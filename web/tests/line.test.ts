import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Frame } from "../shared/protocol";
import { Line, type LineState } from "../shared/wire/line";

/** The browser's side of a socket, driven by the test. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  sent: Frame[] = [];
  closed = false;
  send(text: string): void { this.sent.push(JSON.parse(text) as Frame); }
  close(): void { this.closed = true; }
  says(frame: Frame): void { this.onmessage?.({ data: JSON.stringify(frame) }); }
}

function setUp() {
  const sockets: FakeSocket[] = [];
  const states: LineState[] = [];
  const retries: number[] = [];
  const frames: Frame[] = [];
  const cursor = { after: 0 };
  const line = new Line({
    url: "ws://test",
    hello: () => ({ type: "hello", token: "t", after: cursor.after }),
    frame: (frame) => { frames.push(frame); },
    state: (state, _, retryMs) => {
      states.push(state);
      if (retryMs) retries.push(retryMs);
    },
    socket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  line.start();
  const last = (): FakeSocket => sockets.at(-1)!;
  const welcome = (): void => {
    last().onopen?.();
    last().says({ type: "welcome", state: "bot", last_seq: cursor.after });
  };
  return { line, sockets, states, retries, frames, cursor, last, welcome };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe("line", () => {
  it("says hello first, and is open only after the welcome", () => {
    const t = setUp();
    t.last().onopen?.();
    expect(t.last().sent).toEqual([{ type: "hello", token: "t", after: 0 }]);
    expect(t.line.state).toBe("connecting");
    t.last().says({ type: "welcome" });
    expect(t.line.state).toBe("open");
  });

  it("comes back after a loss and resumes from the newest seq", async () => {
    const t = setUp();
    t.welcome();
    t.cursor.after = 7;
    t.last().onclose?.();
    expect(t.line.state).toBe("down");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(t.sockets).toHaveLength(2);
    t.last().onopen?.();
    expect(t.last().sent).toEqual([{ type: "hello", token: "t", after: 7 }]);
  });

  it("is down as soon as the browser says that the network is gone, and tells when it tries again", () => {
    const t = setUp();
    t.welcome();
    t.line.cut();
    expect(t.line.state).toBe("down");
    expect(t.retries.at(-1)).toBeGreaterThan(0);
    t.line.cut();
    expect(t.states.filter((one) => one === "down")).toHaveLength(1);
  });

  it("waits longer after each failure, and not at all when nudged", async () => {
    const t = setUp();
    /** Fails the socket that is open now; ms until the next one. */
    const failed = async (): Promise<number> => {
      const count = t.sockets.length;
      t.last().onerror?.();
      let waited = 0;
      while (t.sockets.length === count) {
        await vi.advanceTimersByTimeAsync(50);
        waited += 50;
      }
      return waited;
    };
    for (const base of [500, 1_000, 2_000, 4_000, 8_000]) {
      const waited = await failed();
      expect(waited).toBeGreaterThanOrEqual(base * 0.7);
      expect(waited).toBeLessThanOrEqual(base * 1.3 + 50);
    }
    const count = t.sockets.length;
    t.last().onerror?.();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(t.sockets).toHaveLength(count);
    t.line.nudge();
    expect(t.sockets).toHaveLength(count + 1);
  });

  it("a line that went silent (closed laptop) is dropped after an unanswered ping", async () => {
    const t = setUp();
    t.welcome();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(t.last().sent.at(-1)).toEqual({ type: "ping" });
    await vi.advanceTimersByTimeAsync(8_000);
    expect(t.sockets[0]?.closed).toBe(true);
    expect(t.states).toContain("down");
  });

  it("a pong keeps it", async () => {
    const t = setUp();
    t.welcome();
    await vi.advanceTimersByTimeAsync(25_000);
    t.last().says({ type: "pong" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(t.line.state).toBe("open");
  });

  it("a server that never welcomes is given up after ten seconds", async () => {
    const t = setUp();
    t.last().onopen?.();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(t.line.state).toBe("down");
  });

  it("resolves a message with its ack, whatever comes in between", async () => {
    const t = setUp();
    t.welcome();
    const first = t.line.post({ client_msg_id: "a", kind: "text", body: { text: "1" } });
    const second = t.line.post({ client_msg_id: "b", kind: "text", body: { text: "2" } }, { epoch: 3 });
    expect(t.last().sent.at(-1)).toMatchObject({ type: "send", client_msg_id: "b", epoch: 3 });
    t.last().says({ type: "ack", client_msg_id: "b", seq: 9 });
    t.last().says({ type: "ack", client_msg_id: "a", seq: 8 });
    expect(await first).toEqual({ client_msg_id: "a", seq: 8 });
    expect(await second).toEqual({ client_msg_id: "b", seq: 9 });
  });

  it("a nack says whether trying again makes sense", async () => {
    const t = setUp();
    t.welcome();
    const busy = t.line.post({ client_msg_id: "a", kind: "text", body: {} }).catch((error: unknown) => error);
    const bad = t.line.post({ client_msg_id: "b", kind: "text", body: {} }).catch((error: unknown) => error);
    t.last().says({ type: "nack", client_msg_id: "a", code: "busy", message: "忙", retry_after: 2 });
    t.last().says({ type: "nack", client_msg_id: "b", code: "invalid", message: "消息内容不能为空。" });
    expect(await busy).toMatchObject({ kind: "later", retryAfter: 2 });
    expect(await bad).toMatchObject({ kind: "refused", message: "消息内容不能为空。" });
  });

  it("a lost connection and a missing ack both leave the message to be sent again", async () => {
    const t = setUp();
    expect(await t.line.post({ client_msg_id: "x", kind: "text", body: {} }).catch((error: unknown) => error)).toMatchObject({ kind: "offline" });
    t.welcome();
    const lost = t.line.post({ client_msg_id: "a", kind: "text", body: {} }).catch((error: unknown) => error);
    t.last().onclose?.();
    expect(await lost).toMatchObject({ kind: "offline" });
    await vi.advanceTimersByTimeAsync(1_000);
    t.welcome();
    const unanswered = t.line.post({ client_msg_id: "b", kind: "text", body: {} }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await unanswered).toMatchObject({ kind: "offline" });
    expect(t.line.state).not.toBe("open");
  });

  it("frames of a socket that was replaced are ignored", () => {
    const t = setUp();
    t.welcome();
    const old = t.last();
    t.line.restart();
    const seen = t.frames.length;
    old.says({ type: "items", items: [] });
    old.onclose?.();
    expect(t.frames).toHaveLength(seen);
    expect(t.sockets).toHaveLength(2);
  });

  it("stays down after stop", async () => {
    const t = setUp();
    t.welcome();
    t.line.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    t.line.nudge();
    expect(t.sockets).toHaveLength(1);
    expect(t.line.state).toBe("idle");
  });
});
