/** In which order a list stands, and in which groups; kept in this browser. J and K walk the same order as the eye does. */
import * as label from "./labels";
import type { QueueItem } from "./model";

export const SORTS = { line: "排队顺序", waits: "客户等得最久" } as const;
export type Sort = keyof typeof SORTS;
export const GROUPINGS = { none: "不分组", kind: "在线和留言分开", group: "按技能组", level: "按等级", turn: "该谁说话" } as const;
export type Grouping = keyof typeof GROUPINGS;
/** `tag`: only what carries it; "": everything. */
export interface Arrangement { sort: Sort; by: Grouping; tag: string }
export const OFFERED: Record<"queue" | "mine", Grouping[]> = { queue: ["none", "kind", "group", "level"], mine: ["none", "turn", "level"] };

/** What a list shows one below the other: heads of groups, and items. */
export type Entry<T> = { key: string; head: string; name: string; count: number; shut: boolean } | { key: string; item: T };
export const isHead = <T>(entry: Entry<T>): entry is Extract<Entry<T>, { head: string }> => "head" in entry;

export const plain = <T>(items: readonly T[], keyOf: (item: T) => string): Entry<T>[] => items.map((item) => ({ key: keyOf(item), item }));

/** Since when the customer waits for words; who does not wait comes last. */
const waitsSince = (item: QueueItem): string => item.unanswered_since ?? (item.state === "human" ? "9" : (item.waiting_since ?? "9"));

type Key = [rank: string, name: string];
const RANKS: Record<Grouping, (item: QueueItem) => Key> = {
  none: () => ["", ""],
  kind: (item) => (item.state === "ticket" ? ["1", "留言"] : ["0", "在线等待"]),
  group: (item) => [item.group, label.group(item.group)],
  level: (item) => [String(3 - item.level.length), label.level(item.level)],
  turn: (item) => (item.held_until || item.offered_to ? ["2", "搁置、转接中"] : item.unanswered_since ? ["0", "等您回复"] : ["1", "等客户回复"]),
};

export function arranged(items: readonly QueueItem[], how: Arrangement, shut: ReadonlySet<string> = new Set()): Entry<QueueItem>[] {
  const shown = how.tag ? items.filter((item) => item.tags?.includes(how.tag)) : items;
  const sorted = how.sort === "line" ? [...shown] : [...shown].sort((a, b) => (waitsSince(a) < waitsSince(b) ? -1 : waitsSince(a) > waitsSince(b) ? 1 : 0));
  if (how.by === "none") return plain(sorted, (item) => item.conversation_id);
  const groups = new Map<string, { name: string; items: QueueItem[] }>();
  for (const item of sorted) {
    const [rank, name] = RANKS[how.by](item);
    const known = groups.get(rank);
    if (known) known.items.push(item);
    else groups.set(rank, { name, items: [item] });
  }
  const ranks = how.by === "group" ? [...groups.keys()] : [...groups.keys()].sort();
  return ranks.flatMap((rank): Entry<QueueItem>[] => {
    const one = groups.get(rank);
    if (!one) return [];
    const closed = shut.has(`${how.by}:${rank}`);
    const head: Entry<QueueItem> = { key: `head:${how.by}:${rank}`, head: `${how.by}:${rank}`, name: one.name, count: one.items.length, shut: closed };
    return [head, ...(closed ? [] : plain(one.items, (item) => item.conversation_id))];
  });
}

/** `waits.level` as the browser keeps it; what is not offered for this list counts as the usual. */
export function arrangementOf(text: string | null, list: "queue" | "mine"): Arrangement {
  const [sort, by, ...tag] = (text ?? "").split(".");
  return { sort: sort === "waits" ? "waits" : "line", by: OFFERED[list].find((one) => one === by) ?? "none", tag: tag.join(".") };
}

export const arrangementText = (how: Arrangement): string => [how.sort, how.by, ...(how.tag ? [how.tag] : [])].join(".");

/** Tags that a list can be filtered by, the most frequent first; the one it is filtered by stays, even when nothing carries it any more. */
export function tagsIn(items: readonly QueueItem[], now: string): string[] {
  const uses = new Map<string, number>(now ? [[now, 0]] : []);
  for (const item of items) for (const tag of item.tags ?? []) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  return [...uses].sort((a, b) => b[1] - a[1]).map(([tag]) => tag);
}
