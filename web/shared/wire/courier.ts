/**
 * Carries the outbox to the server, one message at a time, so that the log keeps the order of writing.
 * What a failure means is decided here: no line → wait for `kick`; busy → wait and try again with the same id;
 * refused → mark it, go on with the next one and leave the choice to the person.
 */
import type { Ack } from "../protocol";
import { Failure } from "./failure";
import type { Outbox, OutboxEntry } from "./outbox";

const MAX_BUSY_ATTEMPTS = 6;

export interface CourierHooks {
  send(entry: OutboxEntry): Promise<Ack>;
  delivered(entry: OutboxEntry, ack: Ack): void;
  unauthorized(): void;
}

export class Courier {
  private running = false;
  private again = false;
  private stopped = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly outbox: Outbox, private readonly hooks: CourierHooks) {}

  /** Something changed (new entry, line is back, retry asked): send whatever can be sent. */
  kick(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    if (this.running) {
      this.again = true;
      return;
    }
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      do {
        this.again = false;
        await this.drain();
      } while (this.again);
    } finally {
      this.running = false;
    }
  }

  private async drain(): Promise<void> {
    for (let entry = this.outbox.next(); entry && !this.stopped; entry = this.outbox.next()) {
      try {
        const ack = await this.hooks.send(entry);
        this.outbox.done(entry.id);
        this.hooks.delivered(entry, ack);
      } catch (error) {
        const failure = error instanceof Failure ? error : new Failure("refused", "没有发送成功");
        if (failure.kind === "offline") return;
        if (failure.kind === "unauthorized") {
          this.hooks.unauthorized();
          return;
        }
        if (failure.kind === "refused") {
          this.outbox.fail(entry.id, failure.message);
          continue;
        }
        const attempts = this.outbox.attempted(entry.id);
        if (attempts >= MAX_BUSY_ATTEMPTS) {
          this.outbox.fail(entry.id, failure.message);
          continue;
        }
        this.later(Math.max(failure.retryAfter * 1000, Math.min(8000, 600 * 2 ** attempts)));
        return;
      }
    }
    const wait = this.outbox.adoptableIn();
    if (wait !== null) this.later(wait + 50);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => { this.kick(); }, ms);
  }
}
