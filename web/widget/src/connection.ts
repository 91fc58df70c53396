/**
 * How one conversation is reached: the socket; after two failed ones the long poll with HTTP sends, while the socket
 * goes on being tried. Says in one word how things stand (`link`), so that the screen need not know why.
 */
import type { Ack, Frame, LogAnswer, OutgoingMessage } from "../../shared/protocol";
import { type Failure, offline } from "../../shared/wire/failure";
import { Line } from "../../shared/wire/line";
import type { CustomerApi } from "./api";
import type { Credentials } from "./credentials";
import { Polling } from "./polling";

export type Link = "idle" | "connecting" | "open" | "polling" | "offline";

export interface ConnectionHooks {
  lastSeq(): number;
  frame(frame: Frame): void;
  answer(answer: LogAnswer): void;
  failed(failure: Failure): void;
  link(link: Link): void;
}

export class Connection {
  private link: Link = "idle";
  private readonly line: Line;
  private readonly polling: Polling;
  /** what the long poll last found out; null before its first answer */
  private reachable: boolean | null = null;
  /** the browser says so; anything that arrives proves it wrong */
  private noNetwork = false;
  private stopped = false;

  constructor(private readonly api: CustomerApi, private readonly who: Credentials, private readonly hooks: ConnectionHooks) {
    this.line = new Line({
      url: api.socketUrl,
      hello: () => ({ type: "hello", token: who.token, after: hooks.lastSeq() }),
      frame: (frame) => {
        if (this.noNetwork) this.network(true);
        hooks.frame(frame);
      },
      state: (state, failures) => {
        if (state === "open") this.polling.stop();
        else if (failures >= 2 && !this.polling.running) {
          this.reachable = null;
          this.polling.start();
        }
        this.show();
      },
    });
    this.polling = new Polling({
      // the first read answers at once: it only finds out whether HTTP works
      read: (signal) => api.log(who, hooks.lastSeq(), this.reachable ? 25 : 0, signal),
      answer: (answer) => { hooks.answer(answer); },
      reachable: (yes) => {
        this.reachable = yes;
        this.show();
      },
      failed: (failure) => { hooks.failed(failure); },
    });
    this.line.start();
  }

  /** The browser's online and offline events; either way the socket is asked to prove itself. */
  network(up: boolean): void {
    this.noNetwork = !up;
    this.line.nudge();
    this.show();
  }

  nudge(): void { this.line.nudge(); }

  /** A gap in the log: a fresh hello gets what is missing. */
  resume(): void { this.line.restart(); }

  typing(): boolean { return this.line.send({ type: "typing" }); }

  /** True when it is on its way; no promise. */
  read(seq: number): boolean {
    if (this.line.state === "open") return this.line.send({ type: "read", seq });
    if (this.link !== "polling") return false;
    this.api.read(this.who, seq).catch(() => undefined);
    return true;
  }

  post(message: OutgoingMessage): Promise<Ack> {
    if (this.line.state === "open") return this.line.post(message);
    if (this.link === "polling") return this.api.send(this.who, message);
    return Promise.reject(offline());
  }

  stop(): void {
    this.stopped = true;
    this.line.stop();
    this.polling.stop();
  }

  private show(): void {
    if (this.stopped) return;
    const link = this.noNetwork ? "offline"
      : this.line.state === "open" ? "open"
      : this.polling.running && this.reachable !== null ? (this.reachable ? "polling" : "offline")
      : "connecting";
    if (link === this.link) return;
    this.link = link;
    this.hooks.link(link);
  }
}
