import { describe, expect, it } from "vitest";
import { exclusively } from "../shared/wire/exclusive";
import { MemoryStore } from "../shared/wire/storage";

describe("one at a time", () => {
  it("without Web Locks: the second of two that start together finds what the first one made", async () => {
    const store = new MemoryStore();
    let made = 0;
    const obtain = async (): Promise<string> => {
      const known = store.get("conversation");
      if (known) return known;
      await new Promise((resolve) => { setTimeout(resolve, 30); });
      made += 1;
      store.set("conversation", `c_${made}`);
      return `c_${made}`;
    };
    const all = await Promise.all([1, 2, 3].map(() => exclusively("p:", store, obtain)));
    expect(all).toEqual(["c_1", "c_1", "c_1"]);
    expect(store.keys()).toEqual(["conversation"]);
  });
  it("a lock that a killed page left is taken after a while, and a failure frees it", async () => {
    const store = new MemoryStore();
    store.set("p:lock", `gone@${Date.now() - 60_000}`);
    await expect(exclusively("p:", store, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await exclusively("p:", store, () => Promise.resolve(1))).toBe(1);
  });
});
