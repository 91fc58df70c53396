/**
 * What supervisors', designers' and administrators' pages share: the live wall (by the desk's socket, by HTTP while there is none), the range
 * of days, and calls that end in a value or a sentence.
 */
import { reactive } from "vue";
import type { Frame } from "../../../shared/protocol";
import { Failure } from "../../../shared/wire/failure";
import type { AgentApi } from "../api";
import { lastDays, type Range, rangeOf, rangeText } from "./figures";
import type { WallNow } from "./model";

const USUAL_DAYS = 30;
const POLL_MS = 4_000;
/** A wall that was not told anything for so long says so. */
export const STALE_MS = 15_000;

export class Office {
  readonly view = reactive({
    wall: null as WallNow | null,
    wallAt: 0,
    wallError: "",
    range: { from: "", to: "", by: "", key: "" } as Range,
  });
  private tell: ((frame: Frame) => boolean) | null = null;
  private looking = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly api: AgentApi) {}

  /** The desk's line came up (or went, with null). */
  linked(tell: ((frame: Frame) => boolean) | null): void {
    this.tell = tell;
    if (this.looking) tell?.({ type: "wall", on: true });
  }

  lookAtWall(): void {
    this.looking = true;
    this.tell?.({ type: "wall", on: true });
    void this.readWall();
    clearInterval(this.timer);
    this.timer = setInterval(() => { if (Date.now() - this.view.wallAt > POLL_MS * 1.5) void this.readWall(); }, POLL_MS);
  }

  lookAway(): void {
    this.looking = false;
    clearInterval(this.timer);
    this.tell?.({ type: "wall", on: false });
  }

  takeWall(now: WallNow): void {
    Object.assign(this.view, { wall: now, wallAt: Date.now(), wallError: "" });
  }

  async readWall(): Promise<void> {
    try {
      this.takeWall(await this.api.get<WallNow>("/wall"));
    } catch (error) {
      this.view.wallError = sentence(error);
    }
  }

  /** The store's day, from the server's own clock where the wall told it. */
  get today(): string {
    return this.view.wall?.today.day ?? storeDay(new Date());
  }

  /** The range as it stands; thirty days at first. */
  get range(): Range {
    if (!this.view.range.from) Object.assign(this.view.range, this.usual);
    return this.view.range;
  }

  private get usual(): Range {
    const [from, to] = lastDays(this.today, USUAL_DAYS);
    return { from, to, by: "", key: "" };
  }

  /** For the address: "" while the range is the usual one. */
  get rangeText(): string {
    const { range } = this.view;
    return !range.from || rangeText(range) === rangeText(this.usual) ? "" : rangeText(range);
  }

  /** What an address said; anything that is no range is the usual one. */
  goToRange(text: string): void {
    Object.assign(this.view.range, rangeOf(text) ?? this.usual);
  }
}

/** What to show of a call that failed. */
export const sentence = (error: unknown): string => (error instanceof Failure ? (error.kind === "offline" ? "连不上服务器，请检查网络" : error.message) : "没有成功，请再试一次");

let zone = "Asia/Shanghai";
export const setOfficeZone = (name: string): void => { zone = name; };
export function storeDay(now: Date): string {
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
  } catch {
    return now.toISOString().slice(0, 10);
  }
}
