/** Codes of the contract as the words of the trade (handbook sections 3, 7, 8, 9). An unknown code shows as it is. */
import words from "virtual:store-words";

type Names = Record<string, string>;
const named = (names: Names) => (code: unknown): string => (typeof code === "string" && code ? (names[code] ?? code) : "");

export const category = named(words.category);
export const categories: [string, string][] = Object.entries(words.category).filter(([code]) => !code.startsWith("service."));
export const reason = named({
  requested: "客户要求人工", anger: "客户情绪激动", threat: "扬言曝光或起诉", safety: "安全隐患", complaint: "投诉", repeat: "重复来访",
  misunderstood: "多次没听懂", no_progress: "没有进展", out_of_policy: "超出政策", unsure: "机器人拿不准", privacy: "个人信息请求", bot_unavailable: "机器人故障",
});
export const group = named({ online: "在线客服", ticket: "工单处理", technical: "技术支持", logistics: "物流专员", complaint: "投诉处理", product: "产品专家" });
/** The same in two letters, for lists. */
export const groupMark = named({ online: "在线", ticket: "工单", technical: "技术", logistics: "物流", complaint: "投诉", product: "产品" });
export const stage = named({ presale: "售前咨询", insale: "售中支持", aftersale: "售后服务", complaint: "投诉", service: "服务" });
export const urgency = named({ urgent: "紧急", normal: "一般", info: "普通" });
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

/** Dotted paths of `missing`, in the order one would ask. What nobody asks a customer for has no name and is not listed. */
const FIELDS: Names = {
  "order.order_no": "订单号", "customer.contact": "联系方式", description: "问题描述", demand: "客户诉求", began_at: "开始时间", "product.name": "商品",
  "product.model": "型号", "product.serial": "序列号", "product.batch": "批次", "product.purchased_at": "购买日期",
};
const ABOUT_THE_THING = ["product.model", "product.serial", "product.batch", "product.purchased_at"];
const DEVICE_CASES = new Set(["product.quality", "product.usage", "repair.request", "exchange.request"]);

/** Model, serial and batch matter only where the thing itself is in question. */
export const aboutDevice = (code: unknown): boolean => typeof code === "string" && DEVICE_CASES.has(code);

export function askable(paths: readonly string[], code: unknown): string[] {
  return Object.keys(FIELDS).filter((path) => paths.includes(path) && (aboutDevice(code) || !ABOUT_THE_THING.includes(path))).map((path) => FIELDS[path] ?? "");
}

/** Who it is, so that two visitors are told apart: the masked name, or 访客 and the end of the conversation's id. */
export const who = (name: string | null | undefined, conversationId: string): string => (name && name !== "访客" ? name : `访客 ${conversationId.slice(-4)}`);
