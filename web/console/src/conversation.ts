/** One conversation on the desk: its log with notes and effects, who owns it, the unsent messages and the drafts. */
import { markRaw, reactive } from "vue";
import type { ConversationState, LogItem } from "../../shared/protocol";
import { Courier, type CourierHooks } from "../../shared/wire/courier";
import { ConversationLog } from "../../shared/wire/log";
import { Outbox, type OutboxEntry } from "../../shared/wire/outbox";
import type { TextStore } from "../../shared/wire/storage";
import { Drafts, type SaveDraft } from "./drafts";
import type { AgentLog, Annotation, Earlier, EarlierContact, HandoffRecord, Summary } from "./model";

export interface ConversationView {
  id: string;
  loaded: boolean;
  error: string;
  items: LogItem[];
  annotations: Annotation[];
  state: ConversationState;
  owner: string | null;
  epoch: number;
  /** other conversations that are one with it: what is done to it is done to them */
  together: string[];
  /** of its case */
  tags: string[];
  record: HandoffRecord | null;
  recordError: string;
  /** what the customer came with before; null until it was read */
  earlier: Earlier | null;
  /** the one of it that is read beside the conversation */
  beside: EarlierContact | null;
  entries: OutboxEntry[];
  typing: boolean;
  /** seq up to which this agent has looked */
  seen: number;
  revealed: Record<string, string>;
  uploading: number;
  customerRead: number;
  /** colleagues who look at it too, by id */
  others: Record<string, Other>;
  /** seq of the message that the next answer is about; 0: none */
  quoting: number;
  /** the reader is at the end of the log: what comes is seen */
  atEnd: boolean;
  /** it was this person's until then, and is not by their own doing; until they took note of it */
  gone: Gone | null;
}

/** A colleague at the same conversation: `looks` and `types` say until when that counts if nothing more is heard. */
export interface Other { name: string; looks: number; types: number }

const LOOKS_MS = 25_000;
const TYPES_MS = 5_000;

/** How a conversation left this person: why, in words, and who has it now. */
export interface Gone { at: string; why: string; owner: string }

export class Conversation {
  readonly view: ConversationView;
  readonly log = new ConversationLog();
  readonly outbox: Outbox;
  readonly courier: Courier;
  readonly drafts: Drafts;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private leaving = false;
  /** whose earlier conversations were read */
  earlierOf = "";
  /** as far as it was written, while the page lives */
  summary: Summary | null = null;

  constructor(readonly id: string, private readonly me: string, private readonly myName: string, private readonly store: TextStore, private readonly prefix: string, tab: string, hooks: CourierHooks, saveDraft: SaveDraft) {
    this.drafts = new Drafts(store, prefix, id, saveDraft);
    this.view = reactive<ConversationView>({
      id, loaded: false, error: "", items: [], annotations: [], state: "waiting", owner: null, epoch: 0, together: [], tags: [], record: null, recordError: "", earlier: null, beside: null,
      entries: [], typing: false, seen: Number(store.get(markAt(prefix, id)) ?? 0) || 0, revealed: {}, uploading: 0, customerRead: 0, others: {}, quoting: 0, atEnd: true, gone: null,
    });
    this.outbox = new Outbox(store, `${prefix}out:${id}:`, tab);
    this.courier = new Courier(this.outbox, hooks);
    this.outbox.subscribe(() => { this.view.entries = this.outbox.list(); });
    this.view.entries = this.outbox.list();
  }

  /** Takes a log answer or an `items` frame; false when something in between is missing. */
  take(answer: AgentLog): boolean {
    const fresh = this.log.take(answer.items);
    if (fresh === "gap") return false;
    if (fresh.length > 0) {
      this.view.items = markRaw([...this.log.items]);
      if (fresh.some((item) => item.sender === "customer")) this.setTyping(false);
    }
    if (answer.annotations.length > 0) this.view.annotations = merge(this.view.annotations, answer.annotations);
    this.whose(answer);
    this.view.state = answer.state;
    this.view.owner = answer.owner;
    this.view.epoch = answer.epoch;
    this.view.tags = answer.tags;
    this.view.together = answer.together ?? [];
    this.view.customerRead = answer.customer_read;
    this.view.loaded = true;
    this.view.error = "";
    return true;
  }

  /** Ends or passes on by this person's own doing: nothing to be told about then. */
  async parting(what: () => Promise<void>): Promise<void> {
    this.leaving = true;
    try { await what(); } finally { this.leaving = false; }
  }

  private whose(answer: AgentLog): void {
    const mine = (state: ConversationState, owner: string | null): boolean => state === "human" && owner === this.me;
    const moved = answer.state !== this.view.state || answer.owner !== this.view.owner;
    if (mine(answer.state, answer.owner)) this.view.gone = null;
    else if (this.view.gone && moved) this.view.gone = this.goneOn(this.view.gone, answer.state);
    else if (mine(this.view.state, this.view.owner) && !this.leaving) {
      const [event, before] = this.moves();
      if (answer.state === "human" && before?.body.reason === "transferred" && before.agent === this.myName) return;
      this.view.gone = { at: event?.at ?? new Date().toISOString(), why: goneText(event, answer.state), owner: answer.state === "human" ? (event?.agent ?? event?.body.agent ?? "") : "" };
    }
  }

  /** It went on without this person: who has it now; nothing is left to be told when a colleague's part is over too, or it ended. */
  private goneOn(gone: Gone, state: ConversationState): Gone | null {
    const [event] = this.moves();
    if (state === "human") return { ...gone, owner: event?.agent ?? event?.body.agent ?? "" };
    return gone.owner || state === "closed" || state === "bot" ? null : gone;
  }

  /** The last moves between states, the newest first. */
  private moves(): LogItem[] {
    return [...this.log.items].reverse().filter((item) => item.kind === "event" && item.body.to !== undefined);
  }

  /** What the next answer is about; 0: nothing in particular. */
  quote(seq: number): void { this.view.quoting = seq; }

  /** null: it was used. */
  keepSummary(summary: Summary | null): void { this.summary = summary; }

  /** All of it has been on the screen; kept through reloads, so that the counts of unread messages are. */
  see(): void {
    if (this.view.seen === this.log.lastSeq) return;
    this.view.seen = this.log.lastSeq;
    this.store.set(markAt(this.prefix, this.id), String(this.view.seen));
  }

  /** What the customer said that this agent has not looked at. */
  get unread(): number { return this.view.items.filter((item) => item.seq > this.view.seen && item.sender === "customer" && item.kind !== "rating").length; }

  /** A colleague came, writes, or went. */
  hearOther(agent: string, name: string, doing: string, now = Date.now()): void {
    if (doing === "gone") {
      this.view.others = Object.fromEntries(Object.entries(this.view.others).filter(([id]) => id !== agent));
      return;
    }
    const types = doing === "types" ? now + TYPES_MS : (this.view.others[agent]?.types ?? 0);
    this.view.others = { ...this.view.others, [agent]: { name, looks: now + LOOKS_MS, types } };
  }

  setTyping(on: boolean): void {
    clearTimeout(this.typingTimer);
    this.view.typing = on;
    if (on) this.typingTimer = setTimeout(() => { this.view.typing = false; }, 6_000);
  }
}

function goneText(event: LogItem | undefined, state: ConversationState): string {
  if (state === "closed") return "会话已经结束";
  if (state === "human") return "同事接走了这位客户";
  const reason = event?.body.reason;
  if (reason === "unanswered") return "太久没有回复，客户收回到队列原来的位置";
  if (reason === "owner_gone") return "断线太久，客户回到了队列原来的位置";
  if (reason === "transferred") return "客户转到了别的技能组";
  return state === "bot" ? "客户回到了机器人那里" : "客户回到了队列";
}

const markAt = (prefix: string, id: string): string => `${prefix}read:${id}`;

/** The marks of conversations that are no longer counted go, or a browser would keep them for ever. */
export function forgetMarks(store: TextStore, prefix: string, but: readonly string[]): void {
  const kept = new Set(but.map((id) => markAt(prefix, id)));
  for (const key of store.keys()) if (key.startsWith(`${prefix}read:`) && !kept.has(key)) store.remove(key);
}

function merge(known: Annotation[], fresh: Annotation[]): Annotation[] {
  const map = new Map(known.map((one) => [one.id, one]));
  for (const one of fresh) map.set(one.id, one);
  return [...map.values()].sort((a, b) => a.after_seq - b.after_seq || (a.at < b.at ? -1 : 1));
}
