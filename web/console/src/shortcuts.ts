/**
 * The keys of the desk. Plain letters work while no text is being written; with Alt they work everywhere. Who does not want them
 * switches them off (in the list of keys); Ctrl+K for the palette stays. A key held down and keys of an input method do nothing.
 */
import { reactive } from "vue";
import { browserStore } from "../../shared/wire/storage";

export type Action = "help" | "claimNext" | "claim" | "up" | "down" | "reply" | "note" | "giveBack" | "close" | "transfer" | "hold" | "requeue" | "sound" | "page" | "palette";

export const KEYS: { action: Action; key: string; code: string; shown: string; does: string }[] = [
  { action: "claimNext", key: "n", code: "KeyN", shown: "N", does: "接入排在最前的客户" },
  { action: "claim", key: "c", code: "KeyC", shown: "C", does: "接入当前查看的会话" },
  { action: "up", key: "k", code: "KeyK", shown: "K", does: "上一个会话" },
  { action: "down", key: "j", code: "KeyJ", shown: "J", does: "下一个会话" },
  { action: "reply", key: "r", code: "KeyR", shown: "R", does: "写回复" },
  { action: "note", key: "m", code: "KeyM", shown: "M", does: "写备注（客户看不到）" },
  { action: "giveBack", key: "b", code: "KeyB", shown: "B", does: "交还机器人" },
  { action: "close", key: "x", code: "KeyX", shown: "X", does: "结束会话" },
  { action: "transfer", key: "t", code: "KeyT", shown: "T", does: "转接给同事或技能组" },
  { action: "hold", key: "h", code: "KeyH", shown: "H", does: "搁置 / 继续处理" },
  { action: "requeue", key: "q", code: "KeyQ", shown: "Q", does: "退回队列" },
  { action: "page", key: "g", code: "KeyG", shown: "G", does: "下一页（会话、个案等）" },
  { action: "sound", key: "s", code: "KeyS", shown: "S", does: "提示音开关" },
  { action: "help", key: "?", code: "Slash", shown: "?", does: "快捷键说明" },
];

const KEPT = "anke:desk:keys";
const store = browserStore();
export const keys = reactive({ on: store.get(KEPT) !== "off" });

export function switchKeys(on: boolean): void {
  keys.on = on;
  store.set(KEPT, on ? "on" : "off");
}

const writing = (target: EventTarget | null): boolean => target !== null && "closest" in target && (target as Element).closest("input, textarea, select, [contenteditable]") !== null;

/** What this key does, if anything. An input method's own keys have code 229. */
export function actionOf(event: Pick<KeyboardEvent, "key" | "code" | "keyCode" | "repeat" | "isComposing" | "ctrlKey" | "metaKey" | "altKey" | "target">): Action | null {
  if (event.repeat || event.isComposing || event.keyCode === 229) return null;
  if (event.ctrlKey || event.metaKey) return event.code === "KeyK" && !event.altKey ? "palette" : null;
  if (!keys.on) return null;
  const found = event.altKey ? KEYS.find((k) => k.code === event.code) : writing(event.target) ? undefined : KEYS.find((k) => k.key === event.key.toLowerCase());
  return found?.action ?? null;
}

/** Returns the way to stop. `paused` while a dialog is open. */
export function onShortcut(paused: () => boolean, act: (action: Action) => void): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (paused()) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    act(action);
  };
  document.addEventListener("keydown", listen);
  return () => { document.removeEventListener("keydown", listen); };
}
