/** What the desk knows, as types. The server's answers are described in docs/protocol.md. */
import type { ConversationState, ItemBody, LogItem } from "../../shared/protocol";
import type { CaseSummary } from "./caseModel";

/** What a role may do; the server's table (docs/protocol.md, "Who may what"). */
export type Right = "serve" | "read_all" | "all_groups" | "oversee" | "figures" | "assess" | "design" | "rules" | "shared_canned" | "outbox" | "administer";

export interface Agent {
  id: string;
  username: string;
  name: string;
  role: string;
  groups: string[];
  rights: Right[];
}

export type Level = "I" | "II" | "III";

export interface Deadlines {
  first_response?: string | null;
  plan?: string | null;
  resolve?: string | null;
}

export interface QueueItem {
  conversation_id: string;
  group: string;
  priority: number;
  level: Level;
  category: string | null;
  waiting_since: string | null;
  deadlines: Deadlines | null;
  reason?: string | null;
  emotion?: string | null;
  preview?: string | null;
  /** masked name */
  customer?: string | null;
  verified?: boolean;
  state?: ConversationState;
  owner_name?: string | null;
  updated_at?: string;
  tags?: string[];
  order_no?: string | null;
  item?: string | null;
  last_seq?: number;
  /** the customer waits for the owner's words since then; `first`: not one word yet */
  unanswered_since?: string;
  unanswered_first?: boolean;
  /** then it goes back to the queue */
  unanswered_until?: string;
  /** which conversations of the line wait */
  unanswered_in?: string[];
  held_until?: string;
  held_note?: string;
  /** a colleague is asked to take it over until then */
  offered_to?: string | null;
  offer_expires_at?: string;
  /** the last agent, who goes first until then */
  preferred?: string;
  preferred_name?: string;
  preferred_until?: string;
  /** other conversations of the same customer, which this line stands for too */
  together?: Beside[];
  /** a person took it out of such a line */
  parted?: boolean;
}

/** A conversation that is one with another: told with the line of the first of them. */
export interface Beside { conversation_id: string; why: "customer" | "order"; state: ConversationState; level?: Level | null; category?: string | null; customer: string; order_no?: string | null; preview: string; epoch: number; last_seq: number; began_at: string; updated_at: string }

/** Every conversation that a line stands for, its own first. */
export const idsOf = (item: QueueItem): string[] => [item.conversation_id, ...(item.together ?? []).map((one) => one.conversation_id)];
/** The name that lists have for this very conversation: what it is one with may be another's. */
export function nameIn(lines: readonly QueueItem[], id: string): string | null {
  const line = lines.find((one) => standsFor(one, id));
  return (line?.conversation_id === id ? line.customer : line?.together?.find((one) => one.conversation_id === id)?.customer) ?? null;
}

export const standsFor = (item: QueueItem, id: string): boolean => idsOf(item).includes(id);

export const STATUSES = ["online", "busy", "away", "offline"] as const;
export type Status = (typeof STATUSES)[number];

/** A colleague wants to hand a conversation to this person. */
export interface Offer { id: string; conversation_id: string; from: string; system: boolean; note: string; expires_at: string }

/** What this person has not noticed yet; kept by the server until it is seen. */
export interface Alert { id: string; kind: string; text: string; at: string; conversation_id: string | null; case_no?: string | null; customer?: string | null }

/** What this person is to come back to, the longest overdue first. */
export interface Reminder { id: string; case_no: string; conversation_id: string; words: string; due_at: string; customer: string | null; order_no: string | null; item: string | null; category: string | null; level: Level }

export interface Colleagues {
  groups: { group: string; name: string; at_desk: number }[];
  people: { id: string; name: string; role: string; groups: string[]; status: Status; chats: number }[];
}

export const DRAFT_KINDS = ["reply", "note", "ending"] as const;
export type DraftKind = (typeof DRAFT_KINDS)[number];

/** What this person wrote and did not send, as the server keeps it. */
export interface SavedDraft { kind: DraftKind; text: string; after_seq: number; updated_at: string }

/** A conversation that a search found, and by what. */
export interface FoundItem extends QueueItem { found: { by: "order" | "phone" | "name" | "summary" | "words" | "tag"; seq?: number; text?: string } }
export interface FoundCase { case: CaseSummary; found: { by: "case" | "order" | "phone" | "name" | "summary" | "words" | "tag"; text?: string } }
export interface Found { items: FoundItem[]; cases: FoundCase[] }

/** The store's tags, and what people wrote besides. */
export interface KnownTags { listed: string[]; used: { tag: string; uses: number }[]; free: boolean }

/** A reply to use again: `mine` may be changed by this person. */
export interface Canned { id: string; title: string; text: string; scope: string; uses: number; mine: boolean }

/** A reply that could be given now: what the store knows, what is kept ready, what solved another case. */
export interface Suggestion { source: "known" | "canned" | "solved"; text: string; title?: string; id?: string }

/** A page of the queue: `waiting` counts all of it, `next` is where the page after begins. */
export interface QueuePage { items: QueueItem[]; waiting: number; next: string | null }

/** Everything beside the conversations, as the socket pushes it. */
export interface DeskNow extends QueuePage { mine: QueueItem[]; offers: Offer[]; alerts: Alert[]; reminders: Reminder[]; status: Status }

export type PrivacyKind = "export" | "delete" | "withdraw";
/** A wish of the customer about their own data. */
export interface PrivacyRequest { request_no: string; kind: "export" | "delete"; state: "open" | "ready" | "done" | "withdrawn"; created_at: string; due: string }

/** 服务小结: for colleagues, with the end of a person's part. */
export interface Summary { category: string; demand: string; solution: string; follow_up: string }

export interface Annotation {
  id: string;
  after_seq: number;
  at: string;
  kind: string;
  author?: string | null;
  body: ItemBody & { summary?: string; effect?: string; note?: string; resolution?: string; field?: string; request_no?: string; follow_up_at?: string };
}

export interface AgentLog {
  conversation_id?: string;
  items: LogItem[];
  annotations: Annotation[];
  last_seq: number;
  state: ConversationState;
  owner: string | null;
  epoch: number;
  tags: string[];
  together?: string[];
  /** seq up to which the customer had it on the screen */
  customer_read: number;
}

export const RESOLUTIONS = ["solved", "partly", "refused", "follow_up", "no_answer"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** What came of an earlier handoff of the customer. */
export interface EarlierHandoff {
  handoff_id: string;
  created_at: string;
  ended_at: string | null;
  case_no: string | null;
  reason: string;
  category: string | null;
  order_no: string | null;
  resolution: Resolution | null;
  solution: string | null;
  promises: string[];
}

/** One matter that the customer came with before; `here`: earlier in the same conversation. */
export interface EarlierContact {
  conversation_id: string;
  episode: number;
  here: boolean;
  began_at: string;
  ended_at: string;
  state: ConversationState;
  words: string;
  handoffs: (EarlierHandoff & { note: string | null })[];
  rating: { score: number; text: string } | null;
}

export interface Earlier { items: EarlierContact[]; total: number }

/** The handoff record (H45). Unknown is null and listed in `missing`. */
export interface HandoffRecord {
  case_no?: string | null;
  handoff_id?: string;
  created_at?: string;
  trigger?: { reason?: string; evidence?: string[] };
  customer?: { name: string | null; contact: string | null; verified: boolean; method: string | null };
  order?: { order_no: string | null; state: string | null; paid_at: string | null; shipped_at: string | null; signed_at: string | null; total: string | null; payment_method: string | null; items: { name?: string; spec?: string | null; qty?: number; price?: string }[] };
  product?: { name?: string | null; model: string | null; serial: string | null; batch: string | null; purchased_at: string | null };
  logistics?: { carrier: string | null; tracking_no: string | null; state: string | null; last_scan_at: string | null; last_scan: string | null; still_hours: number | null };
  refunds?: { refund_no?: string; amount?: string; state?: string; expected_at?: string | null }[];
  requests?: { request_no?: string; kind?: string; state?: string; next?: string | null; due?: string | null }[];
  category?: string | null;
  category_confidence?: number | null;
  stage?: string | null;
  urgency?: string | null;
  level?: Level | null;
  because?: string[];
  complaint_kind?: string | null;
  complaint_grade?: string | null;
  description?: string | null;
  began_at?: string | null;
  tried?: string[];
  demand?: string | null;
  evidence?: { upload_id: string; kind: string; seq?: number }[];
  emotion?: { now: string; history: { at: string; seq?: number; emotion: string; score: number | null }[] };
  responsibility?: string | null;
  policy?: { result: string; reasons: string[] };
  bot_actions?: { at?: string; effect?: string | null; request_no?: string | null; order_no?: string | null; summary?: string | null }[];
  promises?: string[];
  earlier?: EarlierHandoff[];
  suggested_steps?: string[];
  group?: string | null;
  priority?: number | null;
  deadlines?: Deadlines;
  missing?: string[];
}
