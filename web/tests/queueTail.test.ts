import { describe, expect, it } from "vitest";
import { Failure } from "../shared/wire/failure";
import type { QueueItem, QueuePage } from "../console/src/model";
import { QueueTail } from "../console/src/queueTail";

const item = (id: string): QueueItem => ({ conversation_id: id, group: "online", priority: 4, level: "I", category: null, waiting_since: null, deadlines: null });
const page = (ids: string[], waiting: number, next: string | null): QueuePage => ({ items: ids.map(item), waiting, next });

function tailOf(read: (after: string) => QueuePage): { tail: QueueTail; shown: () => string[]; asked: string[] } {
  let now: QueueItem[] = [];
  const asked: string[] = [];
  const tail = new QueueTail((after) => { asked.push(after); try { return Promise.resolve(read(after)); } catch (error) { return Promise.reject(error as Error); } }, (items) => { now = items; });
  return { tail, shown: () => now.map((one) => one.conversation_id), asked };
}

describe("the end of a long queue", () => {
  it("a short queue has no more", () => {
    const { tail, shown } = tailOf(() => { throw new Error("not asked"); });
    tail.take(page(["a"], 1, null));
    expect([shown(), tail.view.more, tail.view.waiting]).toEqual([["a"], false, 1]);
  });
  it("is read page by page and counted from the start", async () => {
    const { tail, shown, asked } = tailOf((after) => (after === "m1" ? page(["c"], 4, "m2") : page(["d"], 4, null)));
    tail.take(page(["a", "b"], 4, "m1"));
    expect([tail.view.waiting, tail.view.more]).toEqual([4, true]);
    await tail.more();
    await tail.more();
    expect([shown(), tail.view.more, asked]).toEqual([["a", "b", "c", "d"], false, ["m1", "m2"]]);
  });
  it("is read anew when the front moved, and nobody stands there twice", async () => {
    let rest = ["c", "d"];
    const { tail, shown, asked } = tailOf(() => page(rest, 4, null));
    tail.take(page(["a", "b"], 4, "m1"));
    await tail.more();
    rest = ["d"];
    tail.take(page(["b", "c"], 3, "m9"));
    expect(shown()).toEqual(["b", "c", "d"]);
    await new Promise((done) => { setTimeout(done, 0); });
    expect([shown(), asked]).toEqual([["b", "c", "d"], ["m1", "m9"]]);
  });
  it("tells what failed and can be asked again", async () => {
    let down = true;
    const { tail, shown } = tailOf(() => { if (down) throw new Failure("refused", "队列读不到"); return page(["b"], 2, null); });
    tail.take(page(["a"], 2, "m1"));
    await tail.more();
    expect([tail.view.error, tail.view.more]).toEqual(["队列读不到", true]);
    down = false;
    await tail.more();
    expect([tail.view.error, shown()]).toEqual(["", ["a", "b"]]);
  });
});
