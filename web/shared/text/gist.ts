import type { LogItem } from "../protocol";

/** What a message is called where it is quoted: its first words, or what it shows. */
export function gist(item: LogItem): string {
  if (item.recalled) return "[已撤回]";
  if (item.kind === "image") return "[图片]";
  if (item.kind === "video") return "[视频]";
  const words = (item.body.text ?? item.body.label ?? "").replace(/\s+/g, " ").trim();
  return words || "[卡片]";
}

/** The message with that number, of a log without gaps; undefined where it is not (yet) there. */
export function bySeq(items: readonly LogItem[], seq: number | undefined): LogItem | undefined {
  const found = seq === undefined ? undefined : items[seq - (items[0]?.seq ?? 1)];
  return found?.seq === seq ? found : undefined;
}
