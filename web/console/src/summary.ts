/** The service summary as it can be told from the record; the agent reads it, mends it and adds what only they know. */
import { dateTime } from "../../shared/clock";
import * as label from "./labels";
import type { HandoffRecord, Summary } from "./model";

const LONGEST = 500;

export function summaryOf(record: HandoffRecord | null): Summary {
  const requests = record?.requests ?? [];
  const done = [...(record?.bot_actions ?? []).map((one) => one.summary ?? ""), ...requests.map((one) => `${label.requestKind(one.kind)} ${one.request_no ?? ""} ${label.requestState(one.state)}`.trim())];
  const next = [...requests.map((one) => (one.next ? `${one.next}${one.due ? `（${dateTime(one.due)} 前）` : ""}` : "")), ...(record?.refunds ?? []).map((one) => (one.expected_at ? `退款 ¥${one.amount ?? ""} 预计 ${dateTime(one.expected_at)} 到账` : ""))];
  const lines = (texts: string[]): string => [...new Set(texts.filter(Boolean))].join("；").slice(0, LONGEST);
  const category = label.categories().some(([code]) => code === record?.category) ? (record?.category ?? "") : "";
  return { category, demand: (record?.demand ?? "").slice(0, LONGEST), solution: lines(done), follow_up: lines(next) };
}

/** What is said; nothing for what was left empty. */
export const told = (summary: Summary): Partial<Summary> => Object.fromEntries(Object.entries(summary).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value)) as Partial<Summary>;

export const NAMES: [keyof Summary, string][] = [["category", "类别"], ["demand", "诉求"], ["solution", "处理方案"], ["follow_up", "后续跟进"]];

/** For notes and timelines, from whatever the server told. */
export function inWords(summary: unknown): string {
  const parts = (summary ?? {}) as Partial<Record<keyof Summary, unknown>>;
  return NAMES.flatMap(([key, name]) => { const value = parts[key]; return typeof value === "string" && value ? [`${name}：${key === "category" ? label.category(value) : value}`] : []; }).join("\n");
}
