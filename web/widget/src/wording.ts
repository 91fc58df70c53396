/** Every sentence of the widget that is not the server's. A store overrides the first group on the script tag. */
import type { ConversationState, Expects, ItemBody } from "../../shared/protocol";

export const DEFAULTS = {
  store: "在线客服",
  bot: "智能客服 小安",
  greeting: "您好，我是小安。查订单、看物流、退换货、开发票，都可以直接告诉我；需要人工也随时可以转。",
  quick: ["查订单", "查物流", "申请退货", "退款进度"],
};

export const CONSENT =
  "您在这里发送的内容仅用于处理您的咨询和售后问题，会按照《个人信息保护法》保存和保护。您可以随时要求导出或删除。请不要发送银行卡密码、验证码。";

interface Hint {
  placeholder: string;
  mode?: "numeric" | "email" | "text";
}

export const HINTS: Partial<Record<Expects, Hint>> = {
  order_no: { placeholder: "请输入订单号（12 位数字）", mode: "numeric" },
  phone_tail: { placeholder: "请输入下单手机号的后 4 位", mode: "numeric" },
  item: { placeholder: "是哪一件商品？" },
  reason: { placeholder: "说说原因" },
  condition: { placeholder: "商品现在是什么状态？" },
  evidence: { placeholder: "发一张照片或一段视频，也可以先说说情况" },
  solution: { placeholder: "您希望怎么处理？" },
  confirm: { placeholder: "请确认，或告诉我哪里要改" },
  clarify: { placeholder: "选一个，或换个说法" },
  address: { placeholder: "请输入新的收货地址" },
  invoice_title: { placeholder: "请输入发票抬头" },
  tax_no: { placeholder: "请输入纳税人识别号" },
  email: { placeholder: "请输入邮箱", mode: "email" },
  tracking_no: { placeholder: "请输入退货快递单号" },
};

export const PLACEHOLDER: Record<ConversationState, string> = {
  bot: "请描述您的问题",
  waiting: "可以先把情况写下来，客服接入后会看到",
  human: "和客服说点什么",
  ticket: "还有要补充的吗？",
  closed: "有新的问题可以继续提问",
};

export const RATING_WORDS = ["很不满意", "不满意", "一般", "满意", "非常满意"];
export const RATING_REASONS = {
  low: ["回复慢", "没解决问题", "态度不好", "反复询问", "流程复杂"],
  high: ["回复快", "解决了问题", "态度好", "说得清楚"],
};

/** The line a state move shows in the log, or "" when it needs none. */
export function eventLine(body: ItemBody): string {
  const { from, to, agent, event } = body;
  if (to === "waiting" && from === "human") return event === "transferred" ? "正在为您换一位客服" : "客服暂时离开，正在为您重新接入";
  if (to === "waiting") return "正在为您转接人工客服";
  if (to === "human") return agent ? `人工客服 ${agent} 已接入` : "人工客服已接入";
  if (to === "ticket") return "已为您登记，专人会跟进";
  if (to === "closed") return "本次服务已结束";
  if (to === "bot" && from === "human") return "人工客服已处理完，由智能客服继续为您服务";
  if (to === "bot" && from === "waiting") return "已取消排队，智能客服继续为您服务";
  return "";
}

/** What a waiting customer says to have it answered later instead (docs/protocol.md, Waiting and tickets). */
export const TICKET_WORDS = "改为留言";
