/**
 * A WebSocket that keeps itself alive: hello first, ping every 25 s, a fresh connection with backoff when it dies or
 * goes silent (a closed laptop), and promises for acks. What the frames mean is the caller's business.
 */
import type { Ack, Frame, OutgoingMessage } from "../protocol";
import { backoff } from "./backoff";
import { Failure, fromNack, offline } from "./failure";

export type LineState = "idle" | "connecting" | "open" | "down";

export interface LineOptions {
  url: string;
  /** the first frame; asked again for every connection, so that it carries the newest cursor */
  hello(): Frame;
  frame(frame: Frame): void;
  /** `retryMs`: while down, how long until the next try */
  state(state: LineState, failures: number, retryMs: number): void;
  socket?: (url: string) => WebSocket;
}

const WELCOME_MS = 10_000;
const PING_MS = 25_000;
const PONG_MS = 8_000;
const ACK_MS = 10_000;

interface Waiting {
  resolve(ack: Ack): void;
  reject(failure: Failure): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Line {
  state: LineState = "idle";
  private socket: WebSocket | null = null;
  private failures = 0;
  private stopped = true;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private watchTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly acks = new Map<string, Waiting>();

  constructor(private readonly options: LineOptions) {}

  start(): void {
    this.stopped = false;
    if (this.state === "idle" || this.state === "down") this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retryTimer);
    this.drop();
    this.to("idle");
  }

  /** The browser says the network is back, or the page is visible again: do not sit out the backoff. */
  nudge(): void {
    if (this.stopped) return;
    if (this.state === "down") {
      clearTimeout(this.retryTimer);
      this.connect();
    } else if (this.state === "open") {
      this.ping(4_000);
    }
  }

  /** The browser says the network is gone: known at once, not after a ping without answer. */
  cut(): void {
    if (!this.stopped && this.state !== "down") this.lost();
  }

  /** Close and come back at once with a fresh hello (a gap in the log, or a cursor the server refused). */
  restart(): void {
    if (this.stopped) return;
    clearTimeout(this.retryTimer);
    this.drop();
    this.connect();
  }

  send(frame: Frame): boolean {
    if (this.state !== "open" || !this.socket) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Sends a message and waits for its ack; rejects with a Failure. A silent server counts as a dead connection. */
  post(message: OutgoingMessage, extra: Record<string, unknown> = {}): Promise<Ack> {
    if (this.state !== "open") return Promise.reject(offline());
    return new Promise<Ack>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.acks.delete(message.client_msg_id);
        reject(offline("服务器没有回应"));
        this.lost();
      }, ACK_MS);
      this.acks.set(message.client_msg_id, { resolve, reject, timer });
      this.send({ type: "send", ...extra, ...message });
    });
  }

  private connect(): void {
    this.drop();
    this.to("connecting");
    let socket: WebSocket;
    try {
      socket = (this.options.socket ?? ((url: string) => new WebSocket(url)))(this.options.url);
    } catch {
      this.lost();
      return;
    }
    this.socket = socket;
    this.watch(WELCOME_MS);
    socket.onopen = () => { socket.send(JSON.stringify(this.options.hello())); };
    socket.onmessage = (event: MessageEvent) => { if (socket === this.socket) this.receive(event.data); };
    socket.onclose = () => { if (socket === this.socket) this.lost(); };
    socket.onerror = () => { if (socket === this.socket) this.lost(); };
  }

  private receive(data: unknown): void {
    let frame: Frame;
    try {
      frame = JSON.parse(String(data)) as Frame;
    } catch {
      return;
    }
    if (frame.type === "welcome") {
      this.failures = 0;
      this.to("open");
    }
    if (this.state === "open") this.idle();
    const id = typeof frame.client_msg_id === "string" ? frame.client_msg_id : "";
    const waiting = this.acks.get(id);
    if (waiting && (frame.type === "ack" || frame.type === "nack")) {
      clearTimeout(waiting.timer);
      this.acks.delete(id);
      if (frame.type === "ack") waiting.resolve({ client_msg_id: id, seq: Number(frame.seq) });
      else waiting.reject(fromNack(String(frame.code ?? ""), String(frame.message ?? ""), frame.retry_after));
    }
    this.options.frame(frame);
  }

  /** Anything received proves life: the next ping is due in 25 s. */
  private idle(): void {
    clearTimeout(this.watchTimer);
    this.watchTimer = setTimeout(() => { this.ping(PONG_MS); }, PING_MS);
  }

  private ping(limit: number): void {
    this.send({ type: "ping" });
    this.watch(limit);
  }

  private watch(ms: number): void {
    clearTimeout(this.watchTimer);
    this.watchTimer = setTimeout(() => { this.lost(); }, ms);
  }

  private lost(): void {
    this.drop();
    if (this.stopped) return;
    this.failures += 1;
    const wait = backoff(this.failures - 1);
    this.to("down", wait);
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => { this.connect(); }, wait);
  }

  private drop(): void {
    clearTimeout(this.watchTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      try { socket.close(); } catch { /* already closed */ }
    }
    for (const waiting of this.acks.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(offline());
    }
    this.acks.clear();
  }

  private to(state: LineState, retryMs = 0): void {
    this.state = state;
    this.options.state(state, this.failures, retryMs);
  }
}
