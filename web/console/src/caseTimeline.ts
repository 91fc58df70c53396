/** A row of a case's timeline as people read it: who, what, and the words beside it. */
import { dateTime } from "../../shared/clock";
import type { CaseEntry } from "./caseModel";
import * as label from "./labels";
import { inWords } from "./summary";

const part = (value: unknown, key: string): unknown => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function whoOf(entry: CaseEntry): string {
  if (entry.who_name) return entry.who_name;
  if (entry.who.startsWith("channel:")) return label.channel(entry.who.slice("channel:".length));
  return { customer: "客户", bot: "机器人", system: "系统" }[entry.who] ?? "已离开的同事";
}

export function whatOf(entry: CaseEntry): string {
  const { body } = entry;
  const channel = label.channel(body.channel);
  switch (entry.kind) {
    case "opened": return `立案（${channel}）`;
    case "contact": return `再次联系（${channel}）`;
    case "move": return `${label.caseState(entry.from)} → ${label.caseState(entry.to)}`;
    case "graded": return raised(body.after);
    case "classified": return classified(body.before, body.after);
    case "owner": return "接手了这个个案";
    case "answered": return "答复了客户";
    case "recalled": return "撤回了答复，还没有别的答复";
    case "resolution": return `处理结果：${label.resolution(body.resolution)}`;
    case "rated": return `评价 ${typeof body.score === "number" ? body.score : ""} 分`;
    case "ticket": return "不再等待，改为留言";
    case "request": return `申请 ${text(body.request_no)}`;
    case "linked": return "关联了一个会话";
    case "tagged": return tagged(body);
    case "followed_up": return "跟进办好了";
    case "note": return "备注";
    case "reveal": return "查看了客户信息";
    default: return entry.kind;
  }
}

/** The sentence under it: why, and what was said or noted. */
export function wordsOf(entry: CaseEntry): string {
  return [entry.why ?? "", text(entry.body.text), text(entry.body.note), inWords(entry.body.summary), followUpIn(entry.body.follow_up_at)].filter(Boolean).join("\n");
}

/** When somebody is to come back to it. */
export const followUpIn = (at: unknown): string => (typeof at === "string" && at ? `${dateTime(at)} 跟进` : "");

function raised(after: unknown): string {
  const told = (after ?? {}) as { level?: string; complaint_grade?: string };
  const parts = [told.level ? `等级升为 ${label.level(told.level)}` : "", told.complaint_grade ? `投诉升为“${label.complaintGrade(told.complaint_grade)}”` : ""];
  return parts.filter(Boolean).join("，") || "重新分级";
}

/** 贴标签 待回访；去掉 等仓库 */
function tagged(body: Record<string, unknown>): string {
  const names = (told: unknown): string => (Array.isArray(told) ? told.filter((one) => typeof one === "string").join("、") : "");
  return [names(body.add) && `贴标签 ${names(body.add)}`, names(body.remove) && `去掉标签 ${names(body.remove)}`].filter(Boolean).join("；") || "标签";
}

/** 类别改为 退货退款（原来是 其他），等级改为 Ⅱ 严重（原来是 Ⅰ 一般）: what is the same is not told. */
function classified(before: unknown, after: unknown): string {
  const change = (key: string, name: string, words: (code: unknown) => string): string => {
    const [was, is] = [part(before, key), part(after, key)];
    return is === undefined || was === is ? "" : `${name}改为 ${words(is)}（原来是 ${words(was) || "未定"}）`;
  };
  return [change("category", "类别", label.category), change("level", "等级", label.level)].filter(Boolean).join("，") || "重新分类";
}
