/**
 * The desk's line to the server. While no socket comes through, everything is read by HTTP every few seconds
 * (`polling`), and the socket goes on being tried.
 */
import type { Ack, Frame, OutgoingMessage } from "../../shared/protocol";
import { offline } from "../../shared/wire/failure";
import { Line, type LineState } from "../../shared/wire/line";
import type { AgentApi } from "./api";

const POLL_MS = 4_000;

export type DeskLink = LineState | "polling";

export interface DeskHooks {
  frame(frame: Frame): void;
  link(link: DeskLink): void;
  /** the next try, while none comes through */
  retry(at: number): void;
  /** read everything on the screen by HTTP; false when the server was not reached */
  readAll(): Promise<boolean>;
}

export class DeskConnection {
  private readonly line: Line;
  private link: DeskLink = "idle";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  /** when the server was last heard of: from then on it counts this person as absent */
  heardAt = Date.now();

  constructor(private readonly api: AgentApi, private readonly hooks: DeskHooks) {
    this.line = new Line({
      url: api.socketUrl,
      hello: () => ({ type: "hello" }),
      frame: (frame) => {
        this.heardAt = Date.now();
        hooks.frame(frame);
      },
      state: (state, failures, retryMs) => {
        if (retryMs) hooks.retry(Date.now() + retryMs);
        if (state === "open" || this.link !== "polling") this.show(state);
        if (state !== "open" && failures >= 2) this.poll();
      },
    });
    this.line.start();
  }

  nudge(): void { this.line.nudge(); }

  cut(): void {
    if (this.link === "polling") this.show("down");
    this.line.cut();
  }

  /** Watch, unwatch, typing: lost without a socket, and said again or not needed after it came back. */
  tell(frame: Frame): boolean { return this.line.send(frame); }

  async post(conversationId: string, epoch: number, message: OutgoingMessage): Promise<Ack> {
    if (this.line.state === "open") return this.line.post(message, { conversation_id: conversationId, epoch });
    if (this.link === "polling") return this.api.send(conversationId, epoch, message);
    throw offline();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.line.stop();
  }

  private poll(): void {
    if (this.timer !== undefined) return;
    const round = async (): Promise<void> => {
      const reached = await this.hooks.readAll();
      if (reached) this.heardAt = Date.now();
      this.timer = undefined;
      if (this.stopped || this.line.state === "open") return;
      this.show(reached ? "polling" : "down");
      this.timer = setTimeout(() => { void round(); }, POLL_MS);
    };
    this.timer = setTimeout(() => { void round(); }, 0);
  }

  private show(link: DeskLink): void {
    if (this.stopped || link === this.link) return;
    this.link = link;
    this.hooks.link(link);
  }
}
