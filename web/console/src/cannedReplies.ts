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

/** What a text of nothing but `/name` asks for; 、 is the same key under a Chinese input method. */
export const shortcut = (text: string): string => /^[/、](\S{1,40})$/.exec(text)?.[1] ?? "";

/** The reply of that title, else the first whose title has the name in it. */
export const namedReply = (replies: readonly Canned[], name: string): Canned | undefined => replies.find((one) => one.title === name) ?? replies.find((one) => one.title.includes(name));
