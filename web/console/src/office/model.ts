/** What supervisors' and administrators' pages know, as types; docs/protocol.md describes the answers. */
import type { QueueItem, Status } from "../model";

export interface WallGroup { group: string; waiting: number; tickets: number; serving: number; longest_since: string | null; at_desk: number }
export interface WallPerson { id: string; name: string; role: string; groups: string[]; status: Status; chats: number; carries: number; capacity: number; silent_since: string | null }
export interface WallToday {
  day: string; conversations: number; without_person: number; without_person_share: number | null; handoffs: number; reasons: Record<string, number>;
  abandoned: number; breaches: Record<string, number>; ratings: number; satisfaction: number | null; low_ratings: number;
}
export interface WallNow { at: string; open: boolean; groups: WallGroup[]; people: WallPerson[]; waiting: number; tickets: number; serving: number; unanswered: number; today: WallToday }

export interface Figures {
  conversations: number; without_person_share: number | null; repeat_contacts: number; satisfaction: number | null; ratings: number; breaches: Record<string, number>;
  handoffs: number; abandoned: number; taken_back: number; reasons: Record<string, number>; first_response_seconds: number | null; resolution_seconds: number | null;
  answered_within_1h_share: number | null; solved_within_24h_share: number | null;
}
export type Dimension = "group" | "agent" | "category";
export interface History { from: string; to: string; by: Dimension | null; key: string | null; total: Figures; days: ({ day: string } & Figures)[]; parts: ({ key: string; name: string } & Figures)[] }

export interface Found { items: QueueItem[]; total: number }

export interface Account {
  id: string; username: string; name: string; role: string; groups: string[]; skills: string[]; capacity: number | null;
  active: boolean; password: "set" | "link"; here: boolean; seen_at: string | null; created_at: string;
}
export interface Profile { name: string; role: string; groups: string[]; skills: string[]; capacity: number | null }
/** A one-time link on which the owner of an account chooses a password; told once. */
export interface Link { link: string; hours: number }

export interface AuditLine {
  id: string; at: string; who: string | null; who_name: string | null; action: string; conversation_id: string | null;
  account: string | null; account_name: string | null; detail: Record<string, unknown>;
}

/** One event on its way to one of the store's own systems. */
export interface Delivery {
  event_id: string; event: string; destination: string; state: "pending" | "delivered" | "dead"; attempts: number; created_at: string; next_at: string | null;
  ended_at: string | null; replayed_at: string | null; last_error: string | null; body: Record<string, unknown>;
}
export interface Outbox { items: Delivery[]; total: number; destinations: { name: string; set: boolean; pending: number; dead: number; delivered_at: string | null }[] }

export interface RulesDay { day: string; weekday: number; spans: string[]; why: string | null }
export interface Rules {
  version: string; changed_at: string; problems: string[]; files: { name: string; title: string; text: string }[];
  hours: {
    time_zone: string; always_open: boolean; told: string; open: boolean; next_opening: string | null; emergency_contact: string;
    calendar: string; known_until: number; unknown_year: number | null; days: RulesDay[];
  };
}

export interface Criterion { code: string; name: string; points: number; hint: string }
export interface Pick {
  id: string; conversation_id: string; agent: string | null; agent_name: string | null; group: string | null; category: string | null;
  drawn_at: string; drawn_by_name: string | null; total: number | null; scored_at: string | null; scored_by_name: string | null; findings?: number;
}
export interface Picks { items: Pick[]; open: number; average: number | null; criteria: Criterion[]; sample_most: number }
export interface PickView extends Omit<Pick, "findings"> { points: Record<string, number> | null; words: string | null; findings: Finding[] }
export const FINDINGS = ["training", "policy", "wording", "service"] as const;
export interface Finding {
  id: string; kind: string; text: string; said: string | null; category: string | null; at: string; by_name: string | null; state: "open" | "done" | "declined";
  answer: string | null; ended_at: string | null; ended_by_name: string | null; conversation_id?: string; seq?: number | null;
}
export interface Miss { text: string; count: number; conversations: number; guessed: Record<string, number> }
