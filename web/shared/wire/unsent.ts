/** Which outbox entries still have to be drawn: an item that already came back in the log is the same message. */
import type { LogItem, Sender } from "../protocol";
import type { OutboxEntry } from "./outbox";

const fingerprint = (kind: string, body: { text?: string; upload_id?: string; button_id?: string }): string =>
  JSON.stringify([kind, body.text ?? "", body.upload_id ?? "", body.button_id ?? ""]);

/** The log may be faster than the ack. Each log item stands for at most one entry. */
export function inFlight(entries: readonly OutboxEntry[], items: readonly LogItem[], sender: Sender = "customer"): OutboxEntry[] {
  if (entries.length === 0) return [];
  const used = new Set<number>();
  return entries.filter((entry) => {
    if (entry.status === "failed") return true;
    const print = fingerprint(entry.kind, entry.body);
    const twin = items.find((item) => item.seq > entry.after && item.sender === sender && !used.has(item.seq) && fingerprint(item.kind, item.body) === print);
    if (twin) used.add(twin.seq);
    return !twin;
  });
}
