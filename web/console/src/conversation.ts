/** One conversation on the desk: its log with notes and effects, who owns it, the unsent messages and the drafts. */
import { markRaw, reactive } from "vue";
import type { ConversationState, LogItem } from "../../shared/protocol";
import { Courier, type CourierHooks } from "../../shared/wire/courier";
import { ConversationLog } from "../../shared/wire/log";
import { Outbox, type OutboxEntry } from "../../shared/wire/outbox";
import type { TextStore } from "../../shared/wire/storage";
import { Drafts, type SaveDraft } from "./drafts";
import type { AgentLog, Annotation, HandoffRecord } from "./model";

export interface ConversationView {
  id: string;
  loaded: boolean;
  error: string;
  items: LogItem[];
  annotations: Annotation[];
  state: ConversationState;
  owner: string | null;
  epoch: number;
  record: HandoffRecord | null;
  recordError: string;
  entries: OutboxEntry[];
  typing: boolean;
  /** seq up to which this agent has looked */
  seen: number;
  revealed: Record<string, string>;
  uploading: number;
}

export class Conversation {
  readonly view: ConversationView;
  readonly log = new ConversationLog();
  readonly outbox: Outbox;
  readonly courier: Courier;
  readonly drafts: Drafts;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly id: string, private readonly store: TextStore, private readonly prefix: string, tab: string, hooks: CourierHooks, saveDraft: SaveDraft) {
    this.drafts = new Drafts(store, prefix, id, saveDraft);
    this.view = reactive<ConversationView>({
      id, loaded: false, error: "", items: [], annotations: [], state: "waiting", owner: null, epoch: 0, record: null, recordError: "",
      entries: [], typing: false, seen: Number(store.get(markAt(prefix, id)) ?? 0) || 0, revealed: {}, uploading: 0,
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
    this.view.state = answer.state;
    this.view.owner = answer.owner;
    this.view.epoch = answer.epoch;
    this.view.loaded = true;
    this.view.error = "";
    return true;
  }

  /** All of it has been on the screen; kept through reloads, so that the counts of unread messages are. */
  see(): void {
    if (this.view.seen === this.log.lastSeq) return;
    this.view.seen = this.log.lastSeq;
    this.store.set(markAt(this.prefix, this.id), String(this.view.seen));
  }

  setTyping(on: boolean): void {
    clearTimeout(this.typingTimer);
    this.view.typing = on;
    if (on) this.typingTimer = setTimeout(() => { this.view.typing = false; }, 6_000);
  }
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
