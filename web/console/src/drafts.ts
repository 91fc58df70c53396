/**
 * What an agent wrote in one conversation and did not send. This browser has it at once, the server a moment later, so that
 * neither a crash nor another computer loses a word. What was not yet saved here wins over the server's; else the server's is newer.
 */
import type { TextStore } from "../../shared/wire/storage";
import { DRAFT_KINDS, type DraftKind, type SavedDraft } from "./model";

const SAVE_MS = 800;

export type SaveDraft = (kind: DraftKind, text: string, afterSeq: number) => Promise<void>;

export class Drafts {
  private readonly timers = new Map<DraftKind, ReturnType<typeof setTimeout>>();
  private readonly listeners = new Set<(kind: DraftKind, text: string) => void>();

  constructor(private readonly store: TextStore, private readonly prefix: string, private readonly id: string, private readonly save: SaveDraft) {}

  text(kind: DraftKind): string { return this.store.get(this.at("draft", kind)) ?? ""; }

  /** The last item that the writer had seen. */
  seen(kind: DraftKind): number { return Number(this.store.get(this.at("seen", kind)) ?? 0); }

  write(kind: DraftKind, text: string, seen: number): void {
    if (text === this.text(kind)) return;
    this.put("draft", kind, text);
    this.put("seen", kind, text ? String(seen) : "");
    clearTimeout(this.timers.get(kind));
    this.timers.set(kind, setTimeout(() => { void this.push(kind); }, SAVE_MS));
  }

  /** What the server has: taken where this browser has nothing of its own, pushed over where it has. */
  async take(saved: SavedDraft[]): Promise<void> {
    for (const kind of DRAFT_KINDS) {
      const theirs = saved.find((one) => one.kind === kind);
      const here = this.text(kind);
      if (here !== (this.store.get(this.at("saved", kind)) ?? "")) {
        await this.push(kind);
        continue;
      }
      if (here === (theirs?.text ?? "")) continue;
      this.put("draft", kind, theirs?.text ?? "");
      this.put("saved", kind, theirs?.text ?? "");
      this.put("seen", kind, theirs ? String(theirs.after_seq) : "");
      for (const listen of this.listeners) listen(kind, theirs?.text ?? "");
    }
  }

  /** Told when the server's words replace those here. Returns the way to stop. */
  onTaken(listen: (kind: DraftKind, text: string) => void): () => void {
    this.listeners.add(listen);
    return () => { this.listeners.delete(listen); };
  }

  private async push(kind: DraftKind): Promise<void> {
    const text = this.text(kind);
    try {
      await this.save(kind, text, this.seen(kind));
      this.put("saved", kind, text);
    } catch {
      // offline or logged out: it stays here, and is saved with the next words or when the conversation is opened again
    }
  }

  private put(what: string, kind: DraftKind, text: string): void {
    if (text) this.store.set(this.at(what, kind), text);
    else this.store.remove(this.at(what, kind));
  }

  private at(what: string, kind: DraftKind): string { return `${this.prefix}${what}:${kind}:${this.id}`; }
}
