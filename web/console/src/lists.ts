/** The lists of the desk as they are arranged: chosen per list, kept in this browser. */
import { reactive } from "vue";
import type { TextStore } from "../../shared/wire/storage";
import { type Arrangement, arranged, arrangementOf, arrangementText, type Entry, isHead } from "./arrangement";
import type { QueueItem } from "./model";

export class Lists {
  readonly view: { queue: Arrangement; mine: Arrangement; shut: Set<string> };

  constructor(private readonly store: TextStore) {
    this.view = reactive({ queue: arrangementOf(store.get("anke:desk:arrange:queue"), "queue"), mine: arrangementOf(store.get("anke:desk:arrange:mine"), "mine"), shut: new Set<string>() });
  }

  choose(list: "queue" | "mine", how: Arrangement): void {
    this.view[list] = how;
    this.store.set(`anke:desk:arrange:${list}`, arrangementText(how));
  }

  /** Opens a group or folds it up; until the page is loaded again. */
  fold(head: string): void {
    if (!this.view.shut.delete(head)) this.view.shut.add(head);
  }

  entries(list: "queue" | "mine", items: readonly QueueItem[]): Entry<QueueItem>[] { return arranged(items, this.view[list], this.view.shut); }

  /** Conversations from top to bottom as they are on the screen. */
  inOrder(queue: readonly QueueItem[], mine: readonly QueueItem[]): string[] {
    return [...this.entries("queue", queue), ...this.entries("mine", mine)].flatMap((one) => (isHead(one) ? [] : [one.item.conversation_id]));
  }
}
