/** Codes of the contract as the words of the trade (handbook sections 3, 7, 8, 9). An unknown code shows as it is. */
import { dateTime } from "../../shared/clock";

type Names = Record<string, string>;
export type StoreNames = Record<string, Names>;
/** Names that the store gives: told at the login, so that a store may change them any day without a build. */
const words = { category: {}, group: {}, order_state: {}, parcel_state: {}, refund_state: {}, payment: {}, request_kind: {}, request_state: {}, deadline: {} } satisfies StoreNames;

export function setNames(names: StoreNames): void {
  for (const [group, known] of Object.entries<Names>(words)) Object.assign(known, names[group]);
}
const named = (names: Names) => (code: unknown): string => (typeof code === "string" && code ? (names[code] ?? code) : "");

/** Categories that say nothing of the matter. */
const NO_MATTER = new Set(["service.human", "service.social", "service.other"]);
export const category = named(words.category);
export const categories = (): [string, string][] => Object.entries<string>(words.category).filter(([code]) => !NO_MATTER.has(code));
export const reason = named({
  requested: "客户要求人工", anger: "客户情绪激动", threat: "扬言曝光或起诉", safety: "安全隐患", complaint: "投诉", repeat: "重复来访",
  misunderstood: "多次没听懂", no_progress: "没有进展", out_of_policy: "超出政策", unsure: "机器人拿不准", privacy: "个人信息请求", bot_unavailable: "机器人故障",
});
export const group = named(words.group);
export const groups = (): string[] => Object.keys(words.group);
/** Its first two letters, for lists. */
export const groupMark = (code: unknown): string => [...group(code)].slice(0, 2).join("");
export const stage = named({ presale: "售前咨询", insale: "售中支持", aftersale: "售后服务", complaint: "投诉", service: "服务" });
export const urgency = named({ urgent: "紧急", normal: "普通", info: "普通" });
export const level = named({ I: "Ⅰ 一般", II: "Ⅱ 严重", III: "Ⅲ 重大" });
export const levelMark = named({ I: "Ⅰ", II: "Ⅱ", III: "Ⅲ" });
export const complaintKind = named({ service: "服务态度", result: "处理结果", repeat: "重复性问题", publicity: "舆情" });
export const complaintGrade = named({ general: "一般", important: "重要", major: "重大", crisis: "危机" });
export const responsibility = named({ product: "商品", logistics: "物流", service: "客服沟通", usage: "用户使用", undetermined: "待定" });
export const policyResult = named({ eligible: "符合政策", not_eligible: "不符合政策", needs_review: "需人工审核", unknown: "暂未判断" });
export const emotion = named({ calm: "平静", displeased: "不满", angry: "愤怒" });
export const resolution = named({ solved: "已解决", partly: "部分解决", refused: "未能满足", follow_up: "待跟进", no_answer: "客户未回应" });
export const state = named({ bot: "机器人接待", waiting: "排队中", human: "人工服务中", ticket: "工单待处理", closed: "已结束" });
export const caseState = named({ received: "接收", diagnosing: "诊断", solving: "解决", feedback: "反馈", archived: "归档" });
export const caseOrigin = named({ handoff: "转人工", ticket: "留言", complaint: "投诉", claim: "理赔登记", phone: "电话", message: "来信" });
export const channel = named({ chat: "在线会话", ticket: "留言", phone: "电话", mail: "邮件" });
export const status = named({ online: "在线", busy: "忙碌", away: "离开", offline: "离线" });
/** Why a conversation went from its agent back to the queue. */
export const wayBack = named({ returned: "客服退回队列", transferred: "客服转接", unanswered: "客服没有回复，收回到队列", owner_gone: "客服离开，回到队列", hold_over: "搁置到时间，客服不在，回到队列" });
export const role = named({ agent: "客服", specialist: "专员", supervisor: "主管", qa: "质检", designer: "对话设计", admin: "管理员" });
export const method = named({ order_phone: "订单号 + 手机尾号", order_email: "订单号 + 邮箱", token: "商城登录" });
export const orderState = named(words.order_state);
export const parcelState = named(words.parcel_state);
export const payment = named(words.payment);
export const requestKind = named(words.request_kind);
export const requestState = named(words.request_state);
export const refundState = named(words.refund_state);
export const finding = named({ training: "机器人没听懂", policy: "规则要改", wording: "话术要改", service: "人工服务" });
export const findingState = named({ open: "待办", done: "已改", declined: "不改" });
export const privacyKind = named({ export: "导出", delete: "删除" });
export const privacyState = named({ open: "办理中", ready: "可以下载", done: "已办完", withdrawn: "已撤回" });
export const deadline = named(words.deadline);
const AUDIT: Names = {
  login: "登录", login_failed: "登录失败", password_chosen: "设密码", password_changed: "改自己的密码", account_added: "新建账号", account_changed: "修改账号", account_groups: "修改技能组", account_disabled: "停用账号", account_renewed: "重置密码",
  claim: "接入会话", recall: "撤回消息", takeover: "接手会话", whisper: "悄悄话", give_back: "交还机器人", close: "结束会话", requeue: "退回队列", taken_back: "没有回复，收回会话", join: "合并会话", part: "拆开会话", transfer: "转接", offer: "发起转接", withdrawn: "收回转接", hold: "搁置", status: "改状态", reveal: "查看客户资料",
  followed_up: "跟进办好了", case_register: "登记来电", case_move: "推进个案", case_link: "关联会话", canned: "改快捷回复", canned_deleted: "删快捷回复", notification_replay: "重发通知",
  figures_exported: "导出统计", list_exported: "导出会话清单", audit_exported: "导出审计", findings_exported: "导出质检发现", misses_exported: "导出没听懂的话", sample_drawn: "抽样", scored: "质检打分", finding_ended: "办结质检发现",
  privacy_requested: "个人信息申请", privacy_withdrawn: "撤回个人信息申请", privacy_erased: "删除个人信息", retention: "到期删除会话",
};
const EVENTS: Names = {
  "handoff.created": "转人工", "handoff.assigned": "有人接待", "handoff.returned": "回到队列", "handoff.closed": "办结", "handoff.breached": "接待超时", "handoff.rated": "人工被评价", "handoff.unanswered": "接了没回被收回", "handoff.nobody": "Ⅲ 级没有人接",
  "request.reviewed": "申请已审核", "request.approved": "申请通过", "request.refunded": "申请已退款", "request.late": "申请超时", "sla.breached": "时限超时", "conversation.rated": "会话被评价", "visit.asked": "回访发出", "visit.answered": "回访有答复",
  "privacy.requested": "个人信息申请", "privacy.done": "个人信息申请办完",
};
export const notificationEvent = named(EVENTS);
export const notificationEvents: [string, string][] = Object.entries(EVENTS);
/** Why a receiver did not take it: what it answered, or the name of the HTTP client's error. */
export function deliveryError(told: string): string {
  if (told.startsWith("HTTP ")) return `对方回 ${told.slice(5)}`;
  if (told === "no answer in time") return "对方没有及时回应";
  return told.startsWith("Connect") ? "连不上对方" : `没有送成（${told}）`;
}
export const auditAction = named(AUDIT);
export const auditActions: [string, string][] = Object.entries(AUDIT);
export const auditField = named({
  field: "内容", reason: "原因", resolution: "结果", status: "状态", returned: "退回", role: "角色", groups: "技能组", skills: "擅长", capacity: "上限", name: "姓名", address: "网络地址", epoch: "接待编号", scope: "范围", reply: "快捷回复",
  rows: "行数", figure: "数字", first: "从", last: "到", by: "分项", to: "转给", until: "到", seq: "第几条", group: "转给技能组", answer: "应答", older_than: "早于", case_no: "个案", total: "得分", picks: "会话数", finding: "发现", state: "状态", from: "原来", destination: "接收方", event_id: "通知编号", joined: "一起接入", kind: "申请", request_no: "编号", category: "类别", level: "等级",
});
const REVEALED: Names = { name: "姓名", phone: "手机号", contact: "联系方式", email: "邮箱", address: "地址", from: "来信人", message: "一条消息", entry: "一条记录" };
const PRIVACY: Names = { export: "导出", delete: "删除" };
const JOINED: Names = { order: "同一笔订单", customer: "同一位客户" };
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
/** A claim that answered a colleague's offer is told as one. */
export const auditLine = (action: string, detail: Record<string, unknown>): string => (action === "claim" && detail.offer ? "接受转接" : auditAction(action));
export const auditValue = (name: string, value: unknown): string =>
  typeof value === "string" && MOMENT.test(value) ? dateTime(value) : name === "field" ? (REVEALED[String(value)] ?? String(value)) : name === "kind" ? (PRIVACY[String(value)] ?? String(value)) : name === "group" ? group(value) : name === "level" ? level(value) : name === "category" ? category(value) : name === "joined" ? JOINED[String(value)] ?? "另一个会话" : name === "scope" ? (value === "own" ? "自己" : value === "everybody" ? "全店" : group(value)) : name === "role" ? role(value) : name === "status" ? status(value) : name === "resolution" ? resolution(value) : typeof value === "object" ? JSON.stringify(value) : String(value);

/** Dotted paths of `missing`, in the order one would ask. What nobody asks a customer for has no name and is not listed. */
const FIELDS: Names = {
  "order.order_no": "订单号", "customer.verified": "身份（订单号和手机号后四位）", "customer.contact": "联系方式", description: "问题描述", demand: "客户诉求", began_at: "开始时间", "product.name": "商品",
  "product.model": "型号", "product.serial": "序列号", "product.batch": "批次", "product.purchased_at": "购买日期",
};
const ABOUT_THE_THING = ["product.model", "product.serial", "product.batch", "product.purchased_at"];
const DEVICE_CASES = new Set(["product.quality", "product.usage", "repair.request", "exchange.request"]);

/** Model, serial and batch matter only where the thing itself is in question. */
export const aboutDevice = (code: unknown): boolean => typeof code === "string" && DEVICE_CASES.has(code);

export function askable(paths: readonly string[], code: unknown): string[] {
  return Object.keys(FIELDS).filter((path) => paths.includes(path) && (aboutDevice(code) || !ABOUT_THE_THING.includes(path))).map((path) => FIELDS[path] ?? "");
}

/** Who it is, everywhere the same, so that two visitors are told apart: the masked name, or 访客 and the end of the conversation's id (of the
 * case's number where there never was a conversation). Of several names the first that is one counts. */
export const who = (name: string | null | undefined | readonly (string | null | undefined)[], id: string): string => {
  const names: readonly (string | null | undefined)[] = Array.isArray(name) ? name : [name as string | null | undefined];
  return names.find((one) => one && one !== "访客") ?? `访客 ${id.slice(-4)}`;
};
