/** Figures as people read them, and the way from each to its conversations. */
import { duration } from "../../../shared/clock";
import type { Dimension, Figures } from "./model";

export type FigureName = keyof Omit<Figures, "reasons">;

export interface FigureKind {
  name: FigureName;
  label: string;
  /** what it says, for who sees it the first time */
  hint: string;
  /** the list behind it (docs/protocol.md, figures/conversations) */
  behind: string;
  text: (value: number | null) => string;
}

const DAY = /^20\d\d-\d\d-\d\d$/;
export const NOTHING = "—";
export const count = (value: number | null): string => (value === null ? NOTHING : value.toLocaleString("zh-CN"));
export const percent = (value: number | null): string => (value === null ? NOTHING : `${(value * 100).toFixed(1).replace(/\.0$/, "")}%`);
export const score = (value: number | null): string => (value === null ? NOTHING : value.toFixed(2));
/** 48 秒 · 5:20 · 3小时5分 */
export const span = (seconds: number | null): string => (seconds === null ? NOTHING : seconds < 60 ? `${Math.round(seconds)} 秒` : duration(seconds * 1000));

export const KINDS: FigureKind[] = [
  { name: "conversations", label: "会话", hint: "当天开始的会话", behind: "conversations", text: count },
  { name: "without_person_share", label: "机器人独立接待", hint: "没有转过人工的会话占多少", behind: "without_person", text: percent },
  { name: "handoffs", label: "转人工", hint: "当天要求或需要人工的次数", behind: "handoffs", text: count },
  { name: "taken_back", label: "没回被收回", hint: "接了没有回复，会话收回到队列", behind: "taken_back", text: count },
  { name: "abandoned", label: "排队中离开", hint: "还没等到人工，客户自己不排了", behind: "abandoned", text: count },
  { name: "first_response_seconds", label: "首次响应", hint: "从转人工到客服说第一句话，中位数", behind: "handoffs", text: span },
  { name: "answered_within_1h_share", label: "1 小时内响应", hint: "目标 90%；只算满了 1 小时或已经回了的；点开看没做到的", behind: "late_answers", text: percent },
  { name: "resolution_seconds", label: "处理时长", hint: "从转人工到办结，中位数", behind: "handoffs", text: span },
  { name: "solved_within_24h_share", label: "24 小时内解决", hint: "目标 95%；只算满了 24 小时或已经解决的；点开看没做到的", behind: "unsolved", text: percent },
  { name: "satisfaction", label: "满意度", hint: "1 到 5 分的平均", behind: "ratings", text: score },
  { name: "ratings", label: "评价数", hint: "客户给了分的", behind: "ratings", text: count },
  { name: "repeat_contacts", label: "重复来访", hint: "为同一件事再次来的会话", behind: "again", text: count },
  { name: "breaches", label: "超时", hint: "没赶上的时限：首次响应、方案、解决等", behind: "breaches", text: count },
];

export const valueOf = (figures: Figures, name: FigureName): number | null => {
  const value = figures[name];
  return typeof value === "object" && value !== null ? Object.values(value).reduce((sum, one) => sum + one, 0) : value;
};

/** The list that is open, as the address tells it. `part` is last: a category's code has points in it. */
export interface Drill { figure: string; from: string; to: string; by: "" | Dimension; value: string; part: string }

export const drillId = (told: Partial<Drill> & { figure: string }): string =>
  [told.figure, told.from ?? "", told.to ?? "", told.by ?? "", told.value ?? "", told.part ?? ""].join(".");

export function drillOf(id: string): Drill | null {
  const [figure = "", from = "", to = "", by = "", value = "", ...part] = id.split(".");
  if (!/^[a-z_]{1,40}$/.test(figure) || !["", "group", "agent", "category"].includes(by)) return null;
  return { figure, from, to, by: by as Drill["by"], value, part: part.join(".") };
}

export function drillQuery(drill: Drill): string {
  const told = { figure: drill.figure, from: drill.from, to: drill.to, value: drill.value, ...(drill.by ? { [drill.by]: drill.part } : {}) };
  return new URLSearchParams(Object.entries(told).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString();
}

/** Which days the figures are of, by what they are parted, and of which part they are. */
export interface Range { from: string; to: string; by: "" | Dimension; key: string }

/** As an address tells it; `key` is last: a category's code has points in it. */
export const rangeText = ({ from, to, by, key }: Range): string => [from, to, by, key].join(".");

/** Null for a text that is none. */
export function rangeOf(text: string): Range | null {
  const [from = "", to = "", by = "", ...key] = text.split(".");
  const days = [from, to].every((day) => DAY.test(day) && !Number.isNaN(Date.parse(day))) && from <= to;
  return days && ["", "group", "agent", "category"].includes(by) ? { from, to, by: by as Range["by"], key: by ? key.join(".") : "" } : null;
}

/** The last `days` days up to `today` (2026-11-30). */
export function lastDays(today: string, days: number): [string, string] {
  const first = new Date(`${today}T00:00:00Z`);
  first.setUTCDate(first.getUTCDate() - days + 1);
  return [first.toISOString().slice(0, 10), today];
}
/** 2026-11-30 → 11-30 */
export const shortDay = (day: string): string => day.slice(5);
