import { beforeEach, describe, expect, it, vi } from "vitest";
import { Drafts } from "../console/src/drafts";
import type { DraftKind, SavedDraft } from "../console/src/model";
import { MemoryStore } from "../shared/wire/storage";

const saved = (kind: DraftKind, text: string, after_seq = 3): SavedDraft => ({ kind, text, after_seq, updated_at: "2026-11-30T01:00:00Z" });

describe("drafts", () => {
  const sent: [string, string, number][] = [];
  let online = true;
  const save = (kind: DraftKind, text: string, seq: number): Promise<void> => {
    if (!online) return Promise.reject(new Error("offline"));
    sent.push([kind, text, seq]);
    return Promise.resolve();
  };
  const on = (store: MemoryStore, id = "c_1"): Drafts => new Drafts(store, "p:", id, save);
  beforeEach(() => {
    vi.useFakeTimers();
    sent.length = 0;
    online = true;
  });

  it("are here at once and on the server once the typing stops", async () => {
    const drafts = on(new MemoryStore());
    drafts.write("reply", "您", 4);
    drafts.write("reply", "您好", 5);
    expect(drafts.text("reply")).toBe("您好");
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([["reply", "您好", 5]]);
    drafts.write("reply", "", 6);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.at(-1)).toEqual(["reply", "", 0]);
  });

  it("come from the server on another computer", async () => {
    const drafts = on(new MemoryStore());
    const told: string[] = [];
    drafts.onTaken((kind, text) => told.push(`${kind}:${text}`));
    await drafts.take([saved("note", "难缠", 7)]);
    expect([drafts.text("note"), drafts.seen("note"), told]).toEqual(["难缠", 7, ["note:难缠"]]);
    await drafts.take([]);
    expect(drafts.text("note")).toBe("");
  });

  it("not yet saved here win over the server's, and are saved then", async () => {
    const store = new MemoryStore();
    online = false;
    on(store).write("reply", "写到一半断网了", 2);
    await vi.advanceTimersByTimeAsync(1_000);
    online = true;
    const reopened = on(store);
    await reopened.take([saved("reply", "更早的一句")]);
    expect(reopened.text("reply")).toBe("写到一半断网了");
    expect(sent).toEqual([["reply", "写到一半断网了", 2]]);
  });

  it("sent while offline do not come back", async () => {
    const store = new MemoryStore();
    const drafts = on(store);
    drafts.write("reply", "您好", 2);
    await vi.advanceTimersByTimeAsync(1_000);
    online = false;
    drafts.write("reply", "", 3);
    await vi.advanceTimersByTimeAsync(1_000);
    online = true;
    await on(store).take([saved("reply", "您好")]);
    expect(drafts.text("reply")).toBe("");
    expect(sent.at(-1)).toEqual(["reply", "", 0]);
  });

  it("belong to one conversation", () => {
    const store = new MemoryStore();
    on(store).write("reply", "一", 1);
    expect(on(store, "c_2").text("reply")).toBe("");
  });
});
