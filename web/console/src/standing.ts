/** How a conversation stands with this agent now, and why they cannot write in it: one sentence each, with what to do next. */
import { dateTime, duration } from "../../shared/clock";
import type { ConversationView } from "./conversation";
import type { QueueItem, Status } from "./model";
import type { Agent } from "./model";

const UNANSWERED_MS = 60_000;

export interface Standing { kind: "offered" | "held" | "silent"; text: string }

/** Of mine: a colleague is asked, it is set aside, or the customer has been waiting for a while, or is taken back within the minute. */
export function standingOf(one: QueueItem, now: number): Standing | null {
  if (one.offered_to && one.offer_expires_at) return { kind: "offered", text: `等${one.offered_to}应答，剩 ${duration(Date.parse(one.offer_expires_at) - now)}` };
  if (one.held_until) return { kind: "held", text: `搁置到 ${dateTime(one.held_until)}${one.held_note ? `：${one.held_note}` : ""}` };
  if (!one.unanswered_since) return null;
  const left = one.unanswered_until ? Date.parse(one.unanswered_until) - now : Infinity;
  if (now - Date.parse(one.unanswered_since) < UNANSWERED_MS && left > UNANSWERED_MS) return null;
  return { kind: "silent", text: `客户已经等了 ${duration(now - Date.parse(one.unanswered_since))}${left > 0 && left < Infinity ? `，再过 ${duration(left)} 没有回复就收回到队列` : "，太久没有回复会收回到队列"}` };
}

export interface Why { text: string; action?: "claim" | "online" }

interface DeskState { view: { agent: Agent | null; status: Status; expired: boolean } }

/** Why this agent cannot reply here; null when they can. */
export function whyBlocked(desk: DeskState, view: ConversationView, mine: boolean, ownerName?: string | null): Why | null {
  if (!view.loaded || mine) return null;
  const { agent, status } = desk.view;
  if (view.state === "human") return { text: `${ownerName || "同事"}正在接待。您可以看、可以写备注，不能回复客户。` };
  if (view.state === "bot") return { text: "机器人正在接待。您可以看、可以写备注；客户要人工时会进队列。" };
  if (view.state === "closed") return { text: "会话已结束，不能再回复。客户再写消息会开始新的咨询。" };
  const who = view.state === "ticket" ? "客户留了言" : "客户在等待";
  if (!agent?.groups.length) return { text: `${who}。您的账号不接待客户，只能看和写备注。` };
  if (status === "away" || status === "offline") return { text: `${who}。您现在是“${status === "away" ? "离开" : "离线"}”，改成在线才能接入和回复。`, action: "online" };
  return { text: `${who}。接入后才能回复，现在可以写备注。`, action: "claim" };
}
