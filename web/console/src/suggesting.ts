/** Suggested replies of one conversation: asked for when the customer said something, kept until somebody of the store answers. */
import { onBeforeUnmount, ref, watch, type Ref } from "vue";
import { browserStore } from "../../shared/wire/storage";
import { filled, type Values } from "./cannedReplies";
import type { Conversation } from "./conversation";
import type { Suggestion } from "./model";

const AFTER_MS = 500;
const OFF = "anke:desk:suggest";

/** Off in this browser, by hand. */
export const suggesting = ref(browserStore().get(OFF) !== "off");
export function toggleSuggesting(): void {
  suggesting.value = !suggesting.value;
  browserStore().set(OFF, suggesting.value ? "on" : "off");
}

/** seq of the customer's last words while nobody has answered them; 0: nothing to answer. */
export function openQuestion(items: Conversation["view"]["items"]): number {
  const said = items.filter((item) => (item.sender === "customer" && (item.kind === "text" || item.kind === "button")) || (item.sender === "agent" && !item.recalled));
  const last = said[said.length - 1];
  return last?.sender === "customer" ? last.seq : 0;
}

/** `ask` is told while `may` and somebody waits for words; an answer to older words is dropped. */
export function useSuggestions(conversation: Conversation, may: () => boolean, values: () => Values, ask: (id: string) => Promise<Suggestion[]>): Ref<Suggestion[]> {
  const shown = ref<Suggestion[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  watch(() => (suggesting.value && may() ? openQuestion(conversation.view.items) : 0), (seq) => {
    clearTimeout(timer);
    asked = seq;
    shown.value = [];
    if (!seq) return;
    timer = setTimeout(() => {
      ask(conversation.id).then((found) => {
        if (asked === seq) shown.value = found.map((one) => (one.source === "canned" ? { ...one, text: filled(one.text, values()) } : one));
      }).catch(() => undefined);
    }, AFTER_MS);
  }, { immediate: true });
  onBeforeUnmount(() => { clearTimeout(timer); asked = 0; });
  return shown;
}
