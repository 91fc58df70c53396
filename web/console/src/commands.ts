/** What the palette offers: actions that can be done now, conversations, canned replies. */
import { filled } from "./cannedReplies";
import type { Desk } from "./desk";
import * as label from "./labels";
import type { Canned, QueueItem } from "./model";
import { ranked } from "./initials";
import { type Action, KEYS } from "./shortcuts";
import { chooseTheme, type Theme, THEMES } from "./theme";

export interface Command { key: string; kind: "操作" | "会话" | "快捷回复"; name: string; hint: string; more: string[]; run(): void }

const OF_MINE = new Set<Action>(["reply", "giveBack", "close", "transfer", "hold", "requeue"]);

/** `act` does what a key does, `put` writes into the reply box of the conversation on the screen. */
export function commandsOf(desk: Desk, canned: readonly Canned[], act: (action: Action) => void, put: (text: string) => void): Command[] {
  const { view } = desk;
  const here = view.page === "talks" ? desk.current : undefined;
  const owned = desk.owns(here);
  const may = (action: Action): boolean => {
    if (OF_MINE.has(action)) return owned;
    if (action === "note") return here !== undefined;
    if (action === "claim") return here?.view.state === "waiting" || here?.view.state === "ticket";
    return action !== "palette" && (action !== "claimNext" || view.queue.length > 0);
  };
  const actions = KEYS.filter((key) => may(key.action)).map((key): Command => ({ key: `a:${key.action}`, kind: "操作", name: key.does, hint: key.shown, more: [], run: () => { act(key.action); } }));
  const themes = (Object.entries(THEMES) as [Theme, string][]).map(([one, name]): Command => ({ key: `t:${one}`, kind: "操作", name: `外观：${name}`, hint: "", more: [], run: () => { chooseTheme(one); } }));
  const known = new Map<string, QueueItem>();
  for (const item of [...view.mine, ...view.queue, ...(view.recent ?? []), ...(view.found?.items ?? [])]) if (!known.has(item.conversation_id)) known.set(item.conversation_id, item);
  const talks = [...known.values()].map((item): Command => ({
    key: `c:${item.conversation_id}`, kind: "会话", name: label.who(item.customer, item.conversation_id),
    hint: view.mine.includes(item) ? "我的" : label.state(item.state ?? "waiting"),
    more: [item.item ?? "", item.order_no ?? "", label.category(item.category), item.preview ?? ""].filter(Boolean), run: () => { desk.showTalk(item.conversation_id); },
  }));
  const replies = owned && here ? canned.map((one): Command => ({
    key: `r:${one.id}`, kind: "快捷回复", name: one.title, hint: one.scope === "own" ? "我的" : one.scope === "everybody" ? "全店" : label.group(one.scope), more: [one.text],
    run: () => {
      void desk.api.usedCanned(one.id).catch(() => undefined);
      put(filled(one.text, desk.cannedValues(here)));
    },
  })) : [];
  return [...actions, ...talks, ...replies, ...themes];
}

const SHOWN = 40;
/** Without words: what can be done, and the conversations in hand. */
export const foundCommands = (all: readonly Command[], typed: string): Command[] => ranked(all, typed, (one) => [one.name, ...one.more]).slice(0, SHOWN);
