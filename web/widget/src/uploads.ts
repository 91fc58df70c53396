/**
 * Uploads the files of the outbox, two at a time, beside the messages: words written after a large video do not wait for it.
 * A file stays in the browser's file store until its message is in the log, so that a reload or another tab goes on with it.
 */
import { reactive } from "vue";
import { backoff } from "../../shared/wire/backoff";
import { Failure } from "../../shared/wire/failure";
import type { FileStore } from "../../shared/wire/fileStore";
import { newId } from "../../shared/wire/id";
import type { Outbox, OutboxEntry } from "../../shared/wire/outbox";
import { prepare } from "./files";

const AT_ONCE = 2;
const MAX_BUSY_ATTEMPTS = 6;

export interface UploadHooks {
  /** one sentence why a file cannot be sent at all */
  refuse(why: string): void;
  /** a message with this file is to be written down */
  add(id: string, kind: "image" | "video", file: string): void;
  /** sends the bytes; the upload's id */
  send(file: Blob, name: string, progress: (share: number) => void, signal: AbortSignal): Promise<string>;
  uploaded(): void;
  unauthorized(): void;
}

export class Uploads {
  /** share of what is on its way, by the id of the message */
  readonly progress = reactive(new Map<string, number>());
  /** pictures being read and made smaller */
  readonly view = reactive({ preparing: 0 });
  private readonly running = new Map<string, AbortController>();
  private readonly pictures = new Map<string, string>();
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(private readonly outbox: Outbox, private readonly files: FileStore, private readonly hooks: UploadHooks) {}

  async add(files: Iterable<File>): Promise<void> {
    for (const file of [...files]) {
      this.view.preparing += 1;
      try {
        const ready = await prepare(file);
        if ("error" in ready) {
          this.hooks.refuse(ready.error);
          continue;
        }
        const id = newId("m");
        const name = `${id}/${ready.name}`;
        if (ready.kind === "image") this.pictures.set(id, URL.createObjectURL(ready.file));
        await this.files.put(name, ready.file);
        this.hooks.add(id, ready.kind, name);
      } finally {
        this.view.preparing -= 1;
      }
    }
    this.kick();
  }

  /** The picture as this page has it: what is shown before the server has it, and after, without loading it. */
  picture(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.pictures.get(id);
  }

  /** For a message that an earlier page wrote; "" when the browser has the file no more. */
  async load(entry: OutboxEntry): Promise<string> {
    const known = this.pictures.get(entry.id);
    if (known) return known;
    if (entry.file === undefined) return "";
    const file = await this.files.get(entry.file);
    if (!file) return "";
    const address = URL.createObjectURL(file);
    this.pictures.set(entry.id, address);
    return address;
  }

  /** Something changed (a new file, the line is back, retry asked). */
  kick(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    while (this.running.size < AT_ONCE) {
      const entry = this.outbox.nextFile(new Set(this.running.keys()));
      if (!entry) return;
      void this.transfer(entry);
    }
  }

  /** The message is in the log, or the customer gave it up. */
  done(entry: OutboxEntry): void {
    this.running.get(entry.id)?.abort();
    if (entry.file !== undefined) void this.files.remove(entry.file);
  }

  /** What no message waits for any more. */
  async sweep(): Promise<void> {
    await this.files.sweep(new Set(this.outbox.list().map((entry) => entry.file ?? "")));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const one of this.running.values()) one.abort();
    for (const address of this.pictures.values()) URL.revokeObjectURL(address);
  }

  private async transfer(entry: OutboxEntry): Promise<void> {
    const { id, file: name = "" } = entry;
    const abort = new AbortController();
    this.running.set(id, abort);
    try {
      const file = await this.files.get(name);
      if (!file) throw new Failure("refused", "浏览器里已经没有这个文件了，请重新选择");
      this.progress.set(id, 0);
      const uploadId = await this.hooks.send(file, name.slice(name.indexOf("/") + 1), (share) => { this.progress.set(id, share); }, abort.signal);
      this.failures = 0;
      this.outbox.uploaded(id, uploadId);
      this.hooks.uploaded();
    } catch (error) {
      if (!abort.signal.aborted) this.failed(id, error instanceof Failure ? error : new Failure("refused", "文件没有传上去"));
    } finally {
      this.running.delete(id);
      this.progress.delete(id);
    }
    if (!this.failures) this.kick();
  }

  /** A line that broke or a busy server: again by itself. What a person must change is told. */
  private failed(id: string, failure: Failure): void {
    if (failure.kind === "unauthorized") {
      this.hooks.unauthorized();
      return;
    }
    if (failure.kind === "refused" || (failure.kind === "later" && this.outbox.attempted(id) >= MAX_BUSY_ATTEMPTS)) {
      this.outbox.fail(id, failure.message);
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.kick(); }, Math.max(failure.retryAfter * 1000, backoff(this.failures + 1)));
    this.failures += 1;
  }
}
