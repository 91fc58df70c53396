/** Finding a canned reply, and filling its variables from the conversation. What is not known leaves a gap that is seen. */
import { ranked } from "./initials";
import type { Canned } from "./model";

export const VARIABLES = ["客户", "订单号", "商品", "坐席"] as const;
export type Values = Partial<Record<(typeof VARIABLES)[number], string>>;
const GAP = "＿＿";

export function filled(text: string, values: Values): string {
  return text.replace(/\{(客户|订单号|商品|坐席)\}/g, (_, name: (typeof VARIABLES)[number]) => values[name] || GAP);
}

/** Every word of the query is in the title or the text, as it is written or by its pinyin initials; the best fit first, else as given (the most used first). */
export const found = (replies: readonly Canned[], query: string): Canned[] => ranked(replies, query, (one) => [one.title, one.text]);
