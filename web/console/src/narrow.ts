/** Which side panels are drawers: below these widths they have no column of their own. The same numbers stand in styles/frame.css. */
import { onBeforeUnmount, ref, type Ref } from "vue";

const LISTS = "(max-width: 959px)";
const RECORD = "(max-width: 1179px)";

function matches(query: string): Ref<boolean> {
  const media = window.matchMedia(query);
  const now = ref(media.matches);
  const listen = (): void => { now.value = media.matches; };
  media.addEventListener("change", listen);
  onBeforeUnmount(() => { media.removeEventListener("change", listen); });
  return now;
}

export const listsAreDrawer = (): Ref<boolean> => matches(LISTS);
export const recordIsDrawer = (): Ref<boolean> => matches(RECORD);
