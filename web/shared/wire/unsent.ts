/** Which outbox entries still have to be drawn: the log may be faster than the ack, and items carry their client_msg_id. */
import type { LogItem } from "../protocol";
import type { OutboxEntry } from "./outbox";

export function notYetInLog(entries: readonly OutboxEntry[], items: readonly LogItem[]): OutboxEntry[] {
  if (entries.length === 0) return [];
  const known = new Set(items.map((item) => item.client_msg_id));
  return entries.filter((entry) => !known.has(entry.id));
}
