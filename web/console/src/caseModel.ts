/** A case as the server tells it (contracts/case.schema.json). */
import type { Deadlines, HandoffRecord, Level } from "./model";

export const CASE_STATES = ["received", "diagnosing", "solving", "feedback", "archived"] as const;
export type CaseState = (typeof CASE_STATES)[number];

export interface CaseSummary {
  case_no: string;
  /** the first of its conversations; null: a call, a mail */
  conversation_id: string | null;
  state: CaseState;
  state_since: string;
  created_at: string;
  updated_at: string;
  channel: string;
  origin: string;
  contacts: number;
  category: string;
  level: Level;
  priority: number;
  complaint_kind: string | null;
  complaint_grade: string | null;
  group: string;
  owner: string | null;
  owner_name: string | null;
  deadlines: Deadlines;
  first_response_at: string | null;
  order_no: string | null;
  item: string | null;
  customer: { name: string | null; contact: string | null; verified: boolean };
  tags: string[];
  preview: string;
}

export interface CaseEntry {
  n: number;
  at: string;
  kind: string;
  who: string;
  who_name: string | null;
  from: CaseState | null;
  to: CaseState | null;
  move: string | null;
  why: string | null;
  body: Record<string, unknown>;
}

export interface Case extends CaseSummary {
  urgency: string;
  responsibility: string;
  description: string | null;
  demand: string | null;
  requests: string[];
  evidence: { upload_id: string; kind: string }[];
  may_move_to: CaseState[];
  conversations: { conversation_id: string; episode: number; linked_at: string; state: string }[];
  reminders: CaseReminder[];
  timeline: CaseEntry[];
  record: HandoffRecord | null;
}

/** What somebody promised to come back to; open ones first. */
export interface CaseReminder { id: string; words: string; due_at: string; for_name: string | null; done_at: string | null; done_by_name: string | null }

export interface CasePage { items: CaseSummary[]; next: string | null }

/** What the list shows; empty means any. */
export interface CaseQuery { state: string; level: string; owner: string; channel: string; q: string; tag: string }

/** A phone call as an agent writes it down (H3). */
export interface Call {
  channel: "phone";
  client_case_id: string;
  description: string;
  take: boolean;
  category?: string;
  order_no?: string;
  item?: string;
  demand?: string;
  customer?: { name?: string; phone?: string };
}
