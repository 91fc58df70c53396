/** The wire: what docs/protocol.md describes, as types. Unknown fields and kinds are tolerated, never trusted. */

export type Sender = "customer" | "bot" | "agent" | "system";
export type ConversationState = "bot" | "waiting" | "human" | "ticket" | "closed";
export type MessageKind = "text" | "image" | "video" | "button";

export interface ReplyButton {
  id: string;
  label: string;
}

/** What a bot text waits for; the composer turns it into a hint and a fitting phone keyboard. */
export type Expects =
  | "order_no" | "phone_tail" | "item" | "reason" | "condition" | "evidence" | "solution" | "confirm" | "clarify" | "rating"
  | "address" | "invoice_title" | "tax_no" | "email" | "tracking_no";

export interface Card {
  card: string;
  [field: string]: unknown;
}

export interface ItemBody {
  text?: string;
  /** seq of the message that these words are about */
  quote?: number;
  upload_id?: string;
  url?: string;
  buttons?: ReplyButton[];
  expects?: Expects;
  button_id?: string;
  label?: string;
  card?: string;
  cards?: Card[];
  event?: string;
  from?: ConversationState;
  to?: ConversationState;
  reason?: string;
  score?: number;
  reasons?: string[];
  agent?: string;
  resolution?: string;
  [field: string]: unknown;
}

export interface LogItem {
  seq: number;
  at: string;
  sender: Sender;
  kind: string;
  body: ItemBody;
  /** its agent took it back: customers get it without a body */
  recalled?: boolean;
  in_reply_to?: number | null;
  client_msg_id?: string;
  /** name of the person who wrote it; consoles only */
  agent?: string | null;
}

export interface QueuePlace {
  position: number;
  wait_minutes: number | null;
  online: boolean;
}

export interface LogAnswer {
  items: LogItem[];
  last_seq: number;
  state: ConversationState;
  queue?: QueuePlace | null;
  typing?: unknown;
  time_zone?: string;
  /** the server's clock when it answered */
  now?: string;
}

export interface OutgoingMessage {
  client_msg_id: string;
  kind: MessageKind;
  body: ItemBody;
}

export interface Ack {
  client_msg_id: string;
  seq: number;
}

export type Frame = { type: string } & Record<string, unknown>;

export const MAX_TEXT = 4000;
export const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
export const MAX_VIDEO_BYTES = 50 * 1024 * 1024;
