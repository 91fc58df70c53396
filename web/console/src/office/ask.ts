/** Something read from the server as a page shows it: still coming, there, or failed with a sentence and a way to try again. */
import { type Ref, ref, shallowRef } from "vue";
import { sentence } from "./office";

export interface Asked<T> {
  value: Ref<T | null>;
  busy: Ref<boolean>;
  error: Ref<string>;
  /** Reads again; what is shown stays until the answer is there. An answer that was overtaken is dropped. */
  again: () => Promise<void>;
}

export function useAsked<T>(read: () => Promise<T>): Asked<T> {
  const value = shallowRef<T | null>(null);
  const busy = ref(false);
  const error = ref("");
  let asked = 0;
  async function again(): Promise<void> {
    const mine = ++asked;
    busy.value = true;
    try {
      const found = await read();
      if (mine !== asked) return;
      value.value = found;
      error.value = "";
    } catch (caught) {
      if (mine === asked) error.value = sentence(caught);
    } finally {
      if (mine === asked) busy.value = false;
    }
  }
  return { value, busy, error, again };
}
