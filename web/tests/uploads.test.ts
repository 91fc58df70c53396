import { describe, expect, it, vi } from "vitest";
import { Failure, offline } from "../shared/wire/failure";
import { FileStore } from "../shared/wire/fileStore";
import { LEASE_MS, Outbox } from "../shared/wire/outbox";
import { MemoryStore } from "../shared/wire/storage";
import { Uploads } from "../widget/src/uploads";

const film = new File([Uint8Array.from("\0\0\0\x18ftypisom", (c) => c.charCodeAt(0))], "拆箱");

function page(store = new MemoryStore(), files = new FileStore("p:"), tab = "a", clock = { now: 1_000_000 }) {
  const outbox = new Outbox(store, "out:", tab, () => clock.now);
  const answers: (() => Promise<string>)[] = [];
  const told = { refused: [] as string[], uploaded: 0, gone: 0, sent: [] as string[] };
  const uploads = new Uploads(outbox, files, {
    refuse: (why) => { told.refused.push(why); },
    add: (id, kind, file) => { outbox.add(id, kind, {}, 0, undefined, file); },
    send: (_file, name) => { told.sent.push(name); return (answers.shift() ?? (() => Promise.resolve("u_1")))(); },
    uploaded: () => { told.uploaded += 1; },
    unauthorized: () => { told.gone += 1; },
  });
  return { store, files, clock, outbox, uploads, answers, told };
}
const settle = async (): Promise<void> => { for (let i = 0; i < 20; i += 1) await Promise.resolve(); };

describe("files on their way", () => {
  it("words written after a video go out before it; its message follows once it is there", async () => {
    const { outbox, uploads, answers, told } = page();
    let finish: (id: string) => void = () => undefined;
    answers.push(() => new Promise((resolve) => { finish = resolve; }));
    await uploads.add([film]);
    outbox.add("m2", "text", { text: "看视频" }, 0);
    expect(outbox.next()?.id).toBe("m2");
    outbox.done("m2");
    expect(outbox.next()).toBeNull();
    finish("u_9");
    await settle();
    expect(told).toMatchObject({ uploaded: 1, sent: ["拆箱.mp4"] });
    expect(outbox.next()).toMatchObject({ kind: "video", body: { upload_id: "u_9" } });
  });

  it("a broken line is tried again by itself, a reload goes on with the same file", async () => {
    vi.useFakeTimers();
    const first = page();
    first.answers.push(() => Promise.reject(offline()), () => Promise.reject(offline()));
    await first.uploads.add([film]);
    await settle();
    expect(first.outbox.list()).toMatchObject([{ status: "pending" }]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(first.told.sent.length).toBeGreaterThan(1);
    vi.useRealTimers();

    const old = page();
    old.answers.push(() => new Promise(() => undefined));
    await old.uploads.add([film]);
    old.uploads.stop();
    old.outbox.releaseLeases();
    const fresh = page(old.store, old.files, "b", old.clock);
    fresh.uploads.kick();
    await settle();
    expect(fresh.told.uploaded).toBe(1);
  });

  it("another tab leaves it alone while the first one lives", async () => {
    const one = page();
    one.answers.push(() => new Promise(() => undefined));
    await one.uploads.add([film]);
    const two = page(one.store, one.files, "b", one.clock);
    two.uploads.kick();
    await settle();
    expect(two.told.sent).toEqual([]);
    one.clock.now += LEASE_MS + 1;
    two.uploads.kick();
    await settle();
    expect(two.told.uploaded).toBe(1);
  });

  it("what a person must change is told; a file that the browser forgot too", async () => {
    const { outbox, uploads, answers } = page();
    answers.push(() => Promise.reject(new Failure("refused", "视频不能播放")));
    await uploads.add([film]);
    await settle();
    expect(outbox.list()).toMatchObject([{ status: "failed", error: "视频不能播放" }]);
    const lost = page(outbox["store"] as MemoryStore, new FileStore("q:"));
    lost.outbox.retry(lost.outbox.list()[0]!.id);
    lost.uploads.kick();
    await settle();
    expect(lost.outbox.list()[0]).toMatchObject({ status: "failed", error: expect.stringContaining("重新选择") as string });
  });

  it("another conversation gets the file again", async () => {
    const { outbox, uploads } = page();
    await uploads.add([film]);
    await settle();
    expect(outbox.next()?.body).toEqual({ upload_id: "u_1" });
    outbox.forgetUploads();
    expect(outbox.next()).toBeNull();
    expect(outbox.nextFile(new Set())).not.toBeNull();
  });
});
