import { describe, expect, it } from "vitest";
import { LEASE_MS, Outbox } from "../shared/wire/outbox";
import { MemoryStore } from "../shared/wire/storage";

function tabs(...names: string[]) {
  const store = new MemoryStore();
  const clock = { now: 1_000_000 };
  const boxes = names.map((name) => new Outbox(store, "c:out:", name, () => clock.now));
  return { store, clock, boxes };
}
const ids = (box: Outbox): string[] => box.list().map((entry) => entry.id);

describe("outbox", () => {
  it("keeps the order of writing, also within one millisecond", () => {
    const { boxes: [box] } = tabs("a");
    box!.add("m3", "text", { text: "一" }, 0);
    box!.add("m1", "text", { text: "二" }, 0);
    box!.add("m2", "text", { text: "三" }, 0);
    expect(ids(box!)).toEqual(["m3", "m1", "m2"]);
    expect(box!.next()?.id).toBe("m3");
  });

  it("outlives a reload: a new page finds the message with the same client_msg_id", () => {
    const { boxes: [old, fresh] } = tabs("old", "fresh");
    old!.add("m1", "text", { text: "还在吗" }, 4);
    old!.releaseLeases();
    expect(fresh!.next()).toMatchObject({ id: "m1", body: { text: "还在吗" }, after: 4, owner: "fresh" });
  });

  it("lets only the owning tab send, and nothing overtakes what another tab wrote first", () => {
    const { boxes: [a, b] } = tabs("a", "b");
    a!.add("m1", "text", { text: "先" }, 0);
    b!.add("m2", "text", { text: "后" }, 0);
    expect(b!.next()).toBeNull();
    expect(a!.next()?.id).toBe("m1");
    a!.done("m1");
    expect(b!.next()?.id).toBe("m2");
  });

  it("adopts the message of a tab that died, after its lease and not before", () => {
    const { clock, boxes: [a, b] } = tabs("a", "b");
    a!.add("m1", "text", { text: "x" }, 0);
    expect(b!.adoptableIn()).toBe(LEASE_MS);
    clock.now += LEASE_MS - 1;
    expect(b!.next()).toBeNull();
    clock.now += 1;
    expect(b!.next()?.id).toBe("m1");
    expect(a!.next()).toBeNull();
  });

  it("renewed leases keep a slow tab's message its own", () => {
    const { clock, boxes: [a, b] } = tabs("a", "b");
    a!.add("m1", "text", { text: "x" }, 0);
    clock.now += LEASE_MS - 1;
    a!.renewLeases();
    clock.now += LEASE_MS - 1;
    expect(b!.next()).toBeNull();
  });

  it("steps over a failed message until it is retried, with the same id", () => {
    const { boxes: [box] } = tabs("a");
    box!.add("m1", "text", { text: "太长" }, 0);
    box!.add("m2", "text", { text: "短" }, 0);
    box!.fail("m1", "消息太长了");
    expect(box!.next()?.id).toBe("m2");
    expect(box!.list()[0]).toMatchObject({ status: "failed", error: "消息太长了" });
    box!.retry("m1");
    expect(box!.next()?.id).toBe("m1");
  });

  it("a damaged entry is ignored instead of blocking the others", () => {
    const { store, boxes: [box] } = tabs("a");
    store.set("c:out:bad", "{not json");
    store.set("c:out:odd", '{"id":1}');
    box!.add("m1", "text", { text: "好" }, 0);
    expect(ids(box!)).toEqual(["m1"]);
  });

  it("tells the screen about its own changes and those of another tab", () => {
    const { boxes: [box] } = tabs("a");
    let told = 0;
    const stop = box!.subscribe(() => { told += 1; });
    box!.add("m1", "text", { text: "x" }, 0);
    box!.changedElsewhere("other:key");
    expect(told).toBe(1);
    box!.changedElsewhere("c:out:m9");
    expect(told).toBe(2);
    stop();
    box!.done("m1");
    expect(told).toBe(2);
  });
});
