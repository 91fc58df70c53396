/** Reads the log by HTTP long poll for as long as no WebSocket comes through (a proxy that blocks it). */
import type { LogAnswer } from "../../shared/protocol";
import { backoff } from "../../shared/wire/backoff";
import { Failure } from "../../shared/wire/failure";

export interface PollingOptions {
  read(signal: AbortSignal): Promise<LogAnswer>;
  answer(answer: LogAnswer): void;
  /** false: no answer, the network itself is gone */
  reachable(yes: boolean): void;
  failed(failure: Failure): void;
}

export class Polling {
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(private readonly options: PollingOptions) {}

  get running(): boolean { return this.abort !== null; }

  start(): void {
    if (this.abort) return;
    this.abort = new AbortController();
    this.failures = 0;
    void this.loop(this.abort.signal);
  }

  stop(): void {
    this.abort?.abort();
    this.abort = null;
    clearTimeout(this.timer);
  }

  private async loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const answer = await this.options.read(signal);
        if (signal.aborted) return;
        this.failures = 0;
        this.options.reachable(true);
        this.options.answer(answer);
      } catch (error) {
        if (signal.aborted) return;
        const failure = error instanceof Failure ? error : new Failure("later", "");
        if (failure.kind === "offline") this.options.reachable(false);
        else this.options.failed(failure);
        if (signal.aborted) return;
        const wait = Math.max(backoff(this.failures), failure.retryAfter * 1000);
        this.failures += 1;
        await new Promise<void>((resolve) => { this.timer = setTimeout(resolve, wait); });
      }
    }
  }
}
