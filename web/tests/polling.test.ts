import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogAnswer } from "../shared/protocol";
import { Failure, fromResponse, offline } from "../shared/wire/failure";
import { Polling } from "../widget/src/polling";

const answer = (last: number): LogAnswer => ({ items: [], last_seq: last, state: "bot" });

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe("long poll", () => {
  it("reads on and on, and stops at once when told", async () => {
    let reads = 0;
    const got: number[] = [];
    const polling = new Polling({
      read: async () => {
        reads += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return answer(reads);
      },
      answer: (one) => { got.push(one.last_seq); },
      reachable: () => undefined,
      failed: () => undefined,
    });
    polling.start();
    polling.start();
    await vi.advanceTimersByTimeAsync(350);
    expect(got).toEqual([1, 2, 3]);
    polling.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(got).toEqual([1, 2, 3]);
    expect(polling.running).toBe(false);
  });

  it("backs off while the network is away and says so, honours Retry-After", async () => {
    const reach: boolean[] = [];
    const failures: string[] = [];
    const script: (Failure | LogAnswer)[] = [offline(), new Failure("later", "忙", "busy", 7), answer(1)];
    const at: number[] = [];
    const polling = new Polling({
      read: () => {
        at.push(Date.now());
        const next = script.shift();
        if (!next) return new Promise(() => undefined);
        return next instanceof Failure ? Promise.reject(next) : Promise.resolve(next);
      },
      answer: () => undefined,
      reachable: (yes) => { reach.push(yes); },
      failed: (failure) => { failures.push(failure.code); },
    });
    polling.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(reach).toEqual([false, true]);
    expect(failures).toEqual(["busy"]);
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(300);
    expect(at[2]! - at[1]!).toBeGreaterThanOrEqual(7_000);
    polling.stop();
  });
});

describe("what an HTTP answer means", () => {
  const response = (status: number, body: unknown, headers: Record<string, string> = {}): Response => new Response(JSON.stringify(body), { status, headers });

  it("keeps the server's own sentence and decides what to do next", async () => {
    const error = { error: { code: "too_large", message: "消息太长了" } };
    expect(await fromResponse(response(413, error))).toMatchObject({ kind: "refused", message: "消息太长了", code: "too_large" });
    expect(await fromResponse(response(503, {}, { "Retry-After": "2" }))).toMatchObject({ kind: "later", retryAfter: 2 });
    expect(await fromResponse(response(429, {}))).toMatchObject({ kind: "later" });
    expect(await fromResponse(response(401, {}))).toMatchObject({ kind: "unauthorized" });
    expect(await fromResponse(new Response("<html>bad gateway</html>", { status: 502 }))).toMatchObject({ kind: "later" });
  });
});
