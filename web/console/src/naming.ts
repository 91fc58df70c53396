/** @name in a box of a note: the colleagues offered while one is being typed, and who is meant in the end. */
import { computed, nextTick, ref, type Ref, watch } from "vue";
import { ranked } from "./initials";
import { mentioned, typedName, withName } from "./mentions";
import type { Colleagues } from "./model";

type Colleague = Colleagues["people"][number];
export type Naming = ReturnType<typeof useNaming>;

/** `may`: the box is one of notes. Colleagues are asked for with the first @; `busy`: the key belongs to a composition. */
export function useNaming(text: Ref<string>, box: Ref<HTMLTextAreaElement | undefined>, may: () => boolean, ask: () => Promise<Colleagues>, busy: (event: KeyboardEvent) => boolean) {
  const people = ref<Colleague[]>([]);
  const picked = new Map<string, string>();
  const caret = ref(-1);
  const chosen = ref(0);
  const typed = computed(() => (may() && caret.value >= 0 ? typedName(text.value, caret.value) : null));
  const offered = computed(() => (typed.value === null ? [] : ranked(people.value, typed.value, (one) => [one.name]).slice(0, 6)));
  watch(typed, (now, before) => {
    chosen.value = 0;
    if (now !== null && before === null) void ask().then((all) => { people.value = all.people; }).catch(() => undefined);
  });
  function follow(): void { caret.value = document.activeElement === box.value ? (box.value?.selectionStart ?? -1) : -1; }
  function leave(): void { caret.value = -1; }
  function name(one: Colleague | undefined): void {
    if (!one) return;
    picked.set(one.name, one.id);
    const now = withName(text.value, caret.value, one.name);
    text.value = now.text;
    caret.value = -1;
    void nextTick(() => {
      box.value?.focus();
      box.value?.setSelectionRange(now.caret, now.caret);
    });
  }
  /** True when the key was for the list of names. */
  function took(event: KeyboardEvent): boolean {
    const n = offered.value.length;
    if (n === 0 || busy(event)) return false;
    if (event.key === "ArrowDown") chosen.value = (chosen.value + 1) % n;
    else if (event.key === "ArrowUp") chosen.value = (chosen.value + n - 1) % n;
    else if ((event.key === "Enter" && !event.repeat) || event.key === "Tab") name(offered.value[chosen.value]);
    else if (event.key === "Escape") leave();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
  return { offered, chosen, follow, leave, name, took, meant: (words: string): string[] => mentioned(words, people.value, picked) };
}
