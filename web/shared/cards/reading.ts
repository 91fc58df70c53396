/** Reads a card's fields defensively: a card comes from the bot's data, and a field may be missing or of another type. */
import { dateTime } from "../clock";
import type { Card, ItemBody } from "../protocol";

export const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

export const moment = (value: unknown): string => (text(value) ? dateTime(text(value)) : "");

export function money(value: unknown): string {
  const raw = text(value);
  if (!raw) return "";
  const amount = Number(raw);
  return Number.isFinite(amount) ? `¥${amount.toFixed(2)}` : raw;
}

export function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((v) => (typeof v === "object" && v !== null ? (v as Record<string, unknown>) : { name: v, text: v })) : [];
}

/** One card in the body itself, or several under `cards`. */
export function cardsOf(body: ItemBody): Card[] {
  if (Array.isArray(body.cards)) return body.cards.filter((card) => typeof card.card === "string");
  return typeof body.card === "string" ? [body as Card] : [];
}

const KINDS: Record<string, string> = { RT: "退货退款", EX: "换货", RP: "维修", RF: "仅退款", CC: "取消订单", TK: "工单" };

/** What a request is called; an older card without `kind_name` is told by its number. */
export const requestKind = (card: Card): string => text(card.kind_name) || KINDS[text(card.request_no).slice(0, 2)] || "售后申请";
