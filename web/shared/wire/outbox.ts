/**
 * Messages that were written but not yet acknowledged. They outlive a reload, keep their client_msg_id through every
 * retry (the server then knows a repeat), and are shared by all tabs of a conversation without double sends:
 * every entry has an owner tab and a lease; another tab adopts an entry only when its lease has run out.
 * One storage key per entry, so that two tabs never overwrite each other.
 */
import type { ItemBody, MessageKind } from "../protocol";
import type { TextStore } from "./storage";

export interface OutboxEntry {
  id: string;
  kind: MessageKind;
  body: ItemBody;
  /** ms since 1970, unique within the tab: the order of sending */
  at: number;
  status: "pending" | "failed";
  error: string;
  attempts: number;
  /** last seq known when it was written: a log item with a higher seq may be this message */
  after: number;
  owner: string;
  lease: number;
  /** extra routing for the console: owner epoch at the time of writing */
  epoch?: number;
  /** name of the file to be uploaded first (fileStore); done when the body has its upload_id */
  file?: string;
}

const needsUpload = (entry: OutboxEntry): boolean => entry.file !== undefined && !entry.body.upload_id;

export const LEASE_MS = 12_000;

export class Outbox {
  private lastAt = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: TextStore,
    private readonly prefix: string,
    private readonly tab: string,
    private readonly now: () => number = Date.now,
  ) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Another tab changed the storage (the `storage` event): tell the screen. */
  changedElsewhere(key: string | null): void {
    if (key === null || key.startsWith(this.prefix)) this.tell();
  }

  list(): OutboxEntry[] {
    const entries: OutboxEntry[] = [];
    for (const key of this.store.keys()) {
      if (!key.startsWith(this.prefix)) continue;
      const entry = this.read(key);
      if (entry) entries.push(entry);
    }
    return entries.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  add(id: string, kind: MessageKind, body: ItemBody, after: number, epoch?: number, file?: string): OutboxEntry {
    this.lastAt = Math.max(this.now(), this.lastAt + 1);
    const entry: OutboxEntry = {
      id, kind, body, at: this.lastAt, status: "pending", error: "", attempts: 0, after,
      owner: this.tab, lease: this.now() + LEASE_MS,
      ...(epoch === undefined ? {} : { epoch }),
      ...(file === undefined ? {} : { file }),
    };
    this.write(entry);
    return entry;
  }

  /**
   * The message to send now: the oldest pending one, and only if this tab may. While another living tab owns the
   * oldest, nothing is sent from here, so the order of writing is the order of sending. One whose file is still to be
   * uploaded waits aside: words written after a large video go out before it.
   */
  next(): OutboxEntry | null {
    return this.claim(this.list().find((entry) => entry.status === "pending" && !needsUpload(entry)));
  }

  /** A file to upload now that is not among `running`. */
  nextFile(running: ReadonlySet<string>): OutboxEntry | null {
    for (const entry of this.list()) {
      if (entry.status !== "pending" || !needsUpload(entry) || running.has(entry.id)) continue;
      const mine = this.claim(entry);
      if (mine) return mine;
    }
    return null;
  }

  /** The file is at the server; the message itself is still to be sent. */
  uploaded(id: string, uploadId: string): void {
    const entry = this.read(this.prefix + id);
    if (entry) this.write({ ...entry, attempts: 0, body: { ...entry.body, upload_id: uploadId } });
  }

  /** Another conversation does not know what this one was sent: files are uploaded again. */
  forgetUploads(): void {
    for (const entry of this.list()) {
      if (entry.file !== undefined && entry.body.upload_id) this.write({ ...entry, body: {} });
    }
  }

  /** ms until a foreign entry may be adopted, or null when there is nothing to wait for. */
  adoptableIn(): number | null {
    const oldest = this.list().find((entry) => entry.status === "pending" && entry.owner !== this.tab);
    if (!oldest) return null;
    return Math.max(0, oldest.lease - this.now());
  }

  done(id: string): void {
    this.store.remove(this.prefix + id);
    this.tell();
  }

  attempted(id: string): number {
    const entry = this.read(this.prefix + id);
    if (!entry) return 0;
    entry.attempts += 1;
    this.write(entry, false);
    return entry.attempts;
  }

  fail(id: string, error: string): void {
    const entry = this.read(this.prefix + id);
    if (entry) this.write({ ...entry, status: "failed", error });
  }

  retry(id: string, epoch?: number): void {
    const entry = this.read(this.prefix + id);
    if (!entry) return;
    this.write({
      ...entry, status: "pending", error: "", attempts: 0, owner: this.tab, lease: this.now() + LEASE_MS,
      ...(epoch === undefined ? {} : { epoch }),
    });
  }

  renewLeases(): void {
    for (const entry of this.list()) {
      if (entry.status === "pending" && entry.owner === this.tab) this.write({ ...entry, lease: this.now() + LEASE_MS }, false);
    }
  }

  /** The page goes away: the next page may adopt at once. */
  releaseLeases(): void {
    for (const entry of this.list()) {
      if (entry.owner === this.tab) this.write({ ...entry, lease: 0 }, false);
    }
  }

  private claim(entry: OutboxEntry | undefined): OutboxEntry | null {
    if (!entry || (entry.owner !== this.tab && entry.lease > this.now())) return null;
    const mine = { ...entry, owner: this.tab, lease: this.now() + LEASE_MS };
    this.write(mine, false);
    return mine;
  }

  private read(key: string): OutboxEntry | null {
    const text = this.store.get(key);
    if (text === null) return null;
    try {
      const entry = JSON.parse(text) as OutboxEntry;
      return typeof entry.id === "string" && typeof entry.at === "number" ? entry : null;
    } catch {
      return null;
    }
  }

  private write(entry: OutboxEntry, tell = true): void {
    this.store.set(this.prefix + entry.id, JSON.stringify(entry));
    if (tell) this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
