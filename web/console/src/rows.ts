/**
 * A line of any list (queue, mine, recent, search hits, cases) as it is drawn: who it is, what they last said, what it is about,
 * and one clock. Two visitors differ by colour and by the end of their conversation's number.
 */
import { dateTime, duration, hourMinute } from "../../shared/clock";
import type { CaseSummary } from "./caseModel";
import { type Urgency, urgencyOf } from "./deadline";
import * as label from "./labels";
import type { FoundCase, FoundItem, QueueItem, Reminder } from "./model";

export interface RowClock { kind: string; text: string; title: string; step: Urgency }

export interface Row {
  id: string;
  name: string;
  /** the letter or two on the coloured square, and which of the colours */
  mark: string;
  tint: number;
  level: string;
  group: string;
  ticket: boolean;
  /** how many conversations of one customer the line stands for */
  talks: number;
  /** the one thing to know before opening it: danger, publicity, mood, a customer of somebody's */
  flag: { text: string; kind: string } | null;
  words: string;
  about: string;
  tags: string[];
  /** the end of the order's number, never cut off */
  order: string;
  aboutTitle: string;
  clock: RowClock | null;
}

export type Place = "queue" | "mine" | "recent" | "found";

const TINTS = 10;
const SILENT_SOON_MS = 45_000;
const SILENT_OVER_MS = 90_000;
const SOON_MS: Record<string, number> = { first_response: 90_000, plan: 1_800_000, resolve: 1_800_000 };
const STEP_NAMES = { first_response: "首次响应", plan: "给出方案", resolve: "解决" } as const;
const DAY_MS = 86_400_000;
const NOTHING = "（还没有内容）";

/** The same number for the same text, everywhere and always. */
export function tintOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 9_973;
  return hash % TINTS;
}

export function markOf(name: string, id: string): string {
  const plain = name.replace(/[*＊\s]/g, "");
  return !plain || plain.startsWith("访客") ? id.slice(-2) : ([...plain][0] ?? "客");
}

const until = (at: string, now: number): string => {
  const left = Date.parse(at) - now;
  return left < 0 ? `超 ${duration(-left)}` : `剩 ${duration(left)}`;
};

function due(item: QueueItem, steps: readonly ("first_response" | "plan" | "resolve")[], now: number): RowClock | null {
  for (const step of steps) {
    const at = item.deadlines?.[step];
    if (at) return { kind: "due", text: until(at, now), title: `${STEP_NAMES[step]}：${dateTime(at)} 前`, step: urgencyOf(at, now, SOON_MS[step]) };
  }
  return null;
}

function queued(item: QueueItem, now: number): RowClock | null {
  const waited = item.waiting_since ? duration(now - Date.parse(item.waiting_since)) : "";
  const clock = due(item, ["first_response"], now);
  if (clock) return { ...clock, kind: "waited", title: waited ? `已等 ${waited}；${clock.title}` : clock.title };
  return waited ? { kind: "waited", text: `等 ${waited}`, title: "等待时间", step: "none" } : null;
}

function inHand(item: QueueItem, now: number): RowClock | null {
  if (item.offered_to) return { kind: "aside", text: `转给${item.offered_to}中`, title: "对方接手之前，客户还在您这里", step: "none" };
  if (item.held_until) return { kind: "aside", text: `搁置到 ${hourMinute(item.held_until)}`, title: item.held_note ? `搁置：${item.held_note}` : "搁置中", step: "none" };
  if (item.unanswered_since) {
    const waited = now - Date.parse(item.unanswered_since);
    return { kind: "silent", text: `等 ${duration(waited)}`, title: "客户在等您回复", step: waited >= SILENT_OVER_MS ? "over" : waited >= SILENT_SOON_MS ? "soon" : "ok" };
  }
  return due(item, ["plan", "resolve"], now);
}

function clockOf(item: QueueItem, place: Place, now: number): RowClock | null {
  if (place === "queue" || (place !== "mine" && (item.state === "waiting" || item.state === "ticket"))) return queued(item, now);
  if (place === "mine") return inHand(item, now);
  const ended = item.state === "closed" || item.state === "bot";
  const running = ended ? null : due(item, ["plan", "resolve"], now);
  return running ?? (item.updated_at ? { kind: "at", text: shortTime(item.updated_at, now), title: `最后一次动静：${dateTime(item.updated_at)}`, step: "none" } : null);
}

/** 14:05 today, 11月20日 before. */
const shortTime = (at: string, now: number): string => (now - Date.parse(at) < 43_200_000 ? hourMinute(at) : (dateTime(at, new Date(now)).split(" ")[0] ?? ""));

function flagOf(item: QueueItem, place: Place, now: number): Row["flag"] {
  if (place === "queue" && item.preferred_name && Date.parse(item.preferred_until ?? "") > now) return { text: `${item.preferred_name}的老客户`, kind: "kept" };
  if (item.reason === "safety") return { text: "安全", kind: "angry" };
  if (item.reason === "threat") return { text: "曝光", kind: "angry" };
  if (item.reason === "privacy") return { text: "个人信息", kind: "displeased" };
  return item.emotion && item.emotion !== "calm" ? { text: label.emotion(item.emotion), kind: item.emotion } : null;
}

/** Of several conversations the one that moved last. */
function lastWords(item: QueueItem): string {
  const last = (item.together ?? []).reduce((one, other) => (Date.parse(other.updated_at) > Date.parse(one.updated_at) ? other : one), { preview: item.preview ?? "", updated_at: item.updated_at ?? "1970-01-01T00:00:00Z" });
  return last.preview || (item.preview ?? "");
}

const tail = (no: string | null | undefined): string => (no ? no.slice(-4) : "");

export function rowOf(item: QueueItem, place: Place, now: number): Row {
  const name = label.who(item.customer, item.conversation_id);
  const topic = item.item || label.category(item.category);
  return {
    id: item.conversation_id, name, mark: markOf(item.customer ?? "", item.conversation_id), tint: tintOf(item.conversation_id), level: item.level,
    group: item.group, ticket: item.state === "ticket", talks: 1 + (item.together?.length ?? 0), flag: flagOf(item, place, now), words: lastWords(item) || NOTHING,
    about: topic,
    tags: item.tags ?? [],
    order: tail(item.order_no),
    aboutTitle: [item.item, item.order_no ? `订单 ${item.order_no}` : "", label.category(item.category), label.reason(item.reason)].filter(Boolean).join(" · "),
    clock: clockOf(item, place, now),
  };
}

/** A hit shows the sentence that was found, and by what. */
export function rowOfFound(item: FoundItem, now: number): Row {
  const row = rowOf(item, "found", now);
  return { ...row, group: "", words: item.found.text || row.words, flag: flagOfFound(item.found.by) };
}

export function rowOfFoundCase({ case: one, found }: FoundCase, now: number): Row {
  const row = rowOfCase(one, now);
  return { ...row, clock: null, words: found.text || row.words, flag: flagOfFound(found.by) };
}

const FOUND_BY: Record<FoundItem["found"]["by"] | FoundCase["found"]["by"], string> = { case: "个案号", order: "订单号", phone: "手机尾号", name: "姓名", summary: "服务小结", words: "", tag: "" };
const flagOfFound = (by: keyof typeof FOUND_BY): Row["flag"] => (FOUND_BY[by] ? { text: FOUND_BY[by], kind: "kept" } : null);

/** What was promised, and how long until it is due. */
export function rowOfReminder(one: Reminder, now: number): Row {
  return {
    id: one.id, name: label.who(one.customer, one.conversation_id), mark: markOf(one.customer ?? "", one.conversation_id), tint: tintOf(one.conversation_id), level: one.level, group: "", ticket: false, talks: 1,
    flag: null, words: one.words, about: one.item || label.category(one.category), tags: [], order: tail(one.order_no),
    aboutTitle: [one.case_no, label.category(one.category), one.order_no ? `订单 ${one.order_no}` : ""].filter(Boolean).join(" · "),
    clock: { kind: "due", text: Date.parse(one.due_at) - now < DAY_MS ? until(one.due_at, now) : dateTime(one.due_at), title: `跟进：${dateTime(one.due_at)}`, step: urgencyOf(one.due_at, now, SOON_MS.resolve) },
  };
}

/** The next thing that is due of an open case: the first response until somebody answered, then the solution. */
export function rowOfCase(one: CaseSummary, now: number): Row {
  const ended = one.state === "archived" || one.state === "feedback";
  const step = one.first_response_at ? "resolve" : "first_response";
  const at = ended ? null : one.deadlines[step];
  const known = one.conversation_id ?? one.case_no;
  return {
    id: one.case_no, name: label.who(one.customer.name, known), mark: markOf(one.customer.name ?? "", known), tint: tintOf(known), level: one.level, group: "", ticket: one.channel === "ticket", talks: 1,
    flag: one.complaint_grade ? { text: `投诉·${label.complaintGrade(one.complaint_grade)}`, kind: "displeased" } : one.contacts > 1 ? { text: `第 ${one.contacts} 次`, kind: "kept" } : null,
    words: one.preview || NOTHING,
    about: one.item || label.category(one.category),
    tags: one.tags,
    order: tail(one.order_no),
    aboutTitle: [one.case_no, label.category(one.category), label.caseOrigin(one.origin), one.order_no ? `订单 ${one.order_no}` : ""].filter(Boolean).join(" · "),
    clock: at
      ? { kind: "due", text: `${step === "resolve" ? "解决" : "答复"}${until(at, now)}`, title: `${STEP_NAMES[step]}：${dateTime(at)} 前`, step: urgencyOf(at, now, SOON_MS.resolve) }
      : { kind: "at", text: shortTime(one.updated_at, now), title: `最后一次动静：${dateTime(one.updated_at)}`, step: "none" },
  };
}
