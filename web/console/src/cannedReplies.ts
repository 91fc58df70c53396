/** Finding a canned reply, and filling its variables from the conversation. What is not known leaves a gap that is seen. */
import type { Canned } from "./model";

export const VARIABLES = ["客户", "订单号", "商品", "坐席"] as const;
export type Values = Partial<Record<(typeof VARIABLES)[number], string>>;
const GAP = "＿＿";

export function filled(text: string, values: Values): string {
  return text.replace(/\{(客户|订单号|商品|坐席)\}/g, (_, name: (typeof VARIABLES)[number]) => values[name] || GAP);
}

/** Every word of the query is in the title or the text; hits in the title first, else as given (the most used first). */
export function found(replies: readonly Canned[], query: string): Canned[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  const fits = replies.filter((one) => has(`${one.title} ${one.text}`));
  return [...fits.filter((one) => has(one.title)), ...fits.filter((one) => !has(one.title))];
}
