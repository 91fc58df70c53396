/** The numbered log of one conversation as seen from here: no gap, no repeat, in seq order. */
import type { LogItem } from "../protocol";

export class ConversationLog {
  private list: LogItem[] = [];

  get items(): readonly LogItem[] { return this.list; }
  get lastSeq(): number { return this.list.at(-1)?.seq ?? 0; }

  /**
   * Takes what continues the log, ignores what is known. Returns the new items, or `gap` when something is missing
   * between what is here and what came: then nothing is taken and the caller resumes from lastSeq.
   */
  take(items: readonly LogItem[]): LogItem[] | "gap" {
    const fresh = items.filter((item) => item.seq > this.lastSeq).sort((a, b) => a.seq - b.seq);
    let expected = this.lastSeq + 1;
    for (const item of fresh) {
      if (item.seq !== expected) return "gap";
      expected += 1;
    }
    if (fresh.length > 0) this.list = withoutRecalled([...this.list, ...fresh], fresh);
    return fresh;
  }

  has(seq: number): boolean {
    return seq >= 1 && seq <= this.lastSeq;
  }

  /** The server does not know our cursor (`reload`): forget everything and read from the start. */
  reset(): void {
    this.list = [];
  }
}

/** What the fresh part says was taken back is marked, wherever it stands. */
function withoutRecalled(all: LogItem[], fresh: readonly LogItem[]): LogItem[] {
  const back = new Set(fresh.flatMap((item) => (isRecall(item) ? [Number(item.body.seq)] : [])));
  return back.size === 0 ? all : all.map((item) => (back.has(item.seq) ? { ...item, recalled: true } : item));
}

/** The event by which an agent took a message back; it shows at the message, not by itself. */
export const isRecall = (item: LogItem): boolean => item.kind === "event" && item.body.event === "recalled";
