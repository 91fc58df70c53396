/** The end of a long queue: the server tells the first page live, the rest is read when somebody asks, and again when the front moved. */
import { reactive } from "vue";
import { Failure, offline } from "../../shared/wire/failure";
import type { QueueItem, QueuePage } from "./model";

export class QueueTail {
  readonly view = reactive({ waiting: 0, more: false, loading: false, error: "" });
  private head: QueueItem[] = [];
  private tail: QueueItem[] = [];
  /** where the front ends, and where what was read ends; null: that is the end */
  private start: string | null = null;
  private end: string | null = null;
  private pages = 0;
  private again = false;

  constructor(private readonly read: (after: string) => Promise<QueuePage>, private readonly show: (items: QueueItem[]) => void) {}

  /** The front as the server pushed it. */
  take(page: QueuePage): void {
    this.head = page.items;
    this.start = page.next;
    this.view.waiting = page.waiting;
    if (page.next === null) this.pages = 0;
    if (this.pages === 0) {
      this.tail = [];
      this.end = page.next;
    } else void this.reread();
    this.put();
  }

  /** One page more. */
  async more(): Promise<void> {
    if (this.view.loading || this.end === null) return;
    this.pages += 1;
    await this.reading(async () => {
      if (this.end === null) return;
      const page = await this.read(this.end);
      this.tail = [...this.tail, ...page.items];
      this.end = page.next;
      this.view.waiting = page.waiting;
    });
  }

  /** What was read so far, anew: one at a time, and once more when the front moved meanwhile. */
  private async reread(): Promise<void> {
    this.again = true;
    if (this.view.loading) return;
    await this.reading(async () => {
      while (this.again) {
        this.again = false;
        const found: QueueItem[] = [];
        let at = this.start;
        for (let page = 0; page < this.pages && at !== null; page += 1) {
          const answer = await this.read(at);
          found.push(...answer.items);
          at = answer.next;
        }
        this.tail = found;
        this.end = at;
      }
    });
  }

  private async reading(what: () => Promise<void>): Promise<void> {
    Object.assign(this.view, { loading: true, error: "" });
    try {
      await what();
    } catch (error) {
      this.view.error = (error instanceof Failure ? error : offline()).message;
    } finally {
      this.view.loading = false;
      this.put();
    }
    if (this.again && this.pages > 0 && !this.view.error) await this.reread();
  }

  private put(): void {
    const front = new Set(this.head.map((one) => one.conversation_id));
    this.view.more = this.end !== null;
    this.show([...this.head, ...this.tail.filter((one) => !front.has(one.conversation_id))]);
  }
}
