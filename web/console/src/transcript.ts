/**
 * A conversation as it is read: messages in groups of one speaker, everything the system did for one handoff in one line (opened
 * for the details), notes where they were written, a line where the unread part begins.
 */
import { dayKey } from "../../shared/clock";
import type { LogItem } from "../../shared/protocol";
import { isRecall } from "../../shared/wire/log";
import * as label from "./labels";
import type { Annotation } from "./model";

export type Side = "customer" | "bot" | "own" | "colleague";
export interface SystemEvent { at: string; text: string; kind: "move" | "said" | "late" }

export type Line =
  | { kind: "day"; key: string; at: string }
  | { kind: "message"; key: string; item: LogItem; side: Side; first: boolean }
  | { kind: "note"; key: string; note: Annotation }
  | { kind: "rating"; key: string; item: LogItem }
  | { kind: "events"; key: string; at: string; events: SystemEvent[] }
  | { kind: "new"; key: string };

const TOGETHER_MS = 300_000;
/** Annotations of the system itself that belong to the line of their handoff. */
const FOLDED = new Set(["sla", "followup"]);
/** What agents need not read: how the bot understood a turn. */
const UNSHOWN = new Set(["understanding"]);

export function moveText(item: LogItem): string {
  const { from, to, reason, resolution } = item.body;
  if (to === "waiting" && from === "human") return label.wayBack(reason) || "客服离开，回到队列";
  const agent = item.agent ?? item.body.agent ?? "客服";
  const why = label.reason(reason) || label.resolution(resolution);
  const move =
    to === "waiting" ? "转人工"
    : to === "human" ? `${agent}接入`
    : to === "ticket" ? "转为留言"
    : to === "closed" ? "会话结束"
    : from === "human" ? "交还机器人" : from === "waiting" ? "客户不等了" : from === "closed" ? "客户又来咨询" : label.state(to);
  return why ? `${move}（${why}）` : move;
}

const sideOf = (item: LogItem, me: string): Side => (item.sender === "agent" ? (item.agent === me ? "own" : "colleague") : item.sender === "bot" ? "bot" : "customer");
const together = (a: LogItem, b: LogItem): boolean => a.sender === b.sender && (a.agent ?? "") === (b.agent ?? "") && Date.parse(b.at) - Date.parse(a.at) < TOGETHER_MS && dayKey(a.at) === dayKey(b.at);

/** `unreadAfter`: the line of new messages stands before the first that a customer said after it; 0: none. */
export function linesOf(items: readonly LogItem[], annotations: readonly Annotation[], me: string, unreadAfter = 0): Line[] {
  const out: Line[] = [];
  let open: Extract<Line, { kind: "events" }> | null = null;
  let day = "";
  let told = unreadAfter === 0;
  const begin = (at: string): void => {
    const key = dayKey(at);
    if (key !== day) out.push({ kind: "day", key: `d${key}`, at });
    day = key;
  };
  /** Into the line of the handoff that is still under way, or of what was done just before; else a line of its own. */
  const happened = (one: SystemEvent, key: string, fresh = false): void => {
    const last = out[out.length - 1];
    const into = fresh ? null : (open ?? (last?.kind === "events" ? last : null));
    if (into) {
      into.events.push(one);
      return;
    }
    begin(one.at);
    open = { kind: "events", key, at: one.at, events: [one] };
    out.push(open);
    if (!fresh) open = null;
  };
  const first = items[0]?.seq ?? 0;
  const notes = annotations.filter((note) => note.after_seq >= first - 1 && !UNSHOWN.has(note.kind));
  let n = 0;
  const put = (until: number): void => {
    for (let note = notes[n]; note && note.after_seq < until; n += 1, note = notes[n]) {
      if (FOLDED.has(note.kind)) {
        happened({ at: note.at, text: note.body.text ?? note.body.summary ?? "", kind: "late" }, `n${note.id}`);
        continue;
      }
      begin(note.at);
      out.push({ kind: "note", key: `n${note.id}`, note });
    }
  };
  for (const item of items) {
    put(item.seq);
    const key = `i${item.seq}`;
    if (isRecall(item)) continue;
    if (item.kind === "event") {
      const { to } = item.body;
      const waits = to === "waiting" || to === "ticket";
      happened({ at: item.at, text: moveText(item), kind: "move" }, key, waits && !open);
      if (!waits) open = null;
    } else if (item.kind === "rating") {
      begin(item.at);
      out.push({ kind: "rating", key, item });
    } else if (item.sender === "system") {
      happened({ at: item.at, text: item.body.text ?? "", kind: "said" }, key);
    } else {
      begin(item.at);
      if (!told && item.sender === "customer" && item.seq > unreadAfter) {
        out.push({ kind: "new", key: "new" });
        told = true;
      }
      const last = out[out.length - 1];
      out.push({ kind: "message", key, item, side: sideOf(item, me), first: !(last?.kind === "message" && together(last.item, item)) });
    }
  }
  put(Number.POSITIVE_INFINITY);
  return out;
}
