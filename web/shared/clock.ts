/** Times as people read them, in the browser's own zone. */
const pad = (n: number): string => String(n).padStart(2, "0");
const WEEK = "日一二三四五六";

export const hourMinute = (iso: string): string => {
  const d = new Date(iso);
  return Number.isNaN(d.getTime()) ? "" : `${pad(d.getHours())}:${pad(d.getMinutes())}`;
};

export function dayKey(iso: string): string {
  const d = new Date(iso);
  return `${d.getFullYear()}-${d.getMonth()}-${d.getDate()}`;
}

/** 今天 · 昨天 · 11月20日 星期五 · 2025年11月20日 */
export function dayName(iso: string, now = new Date()): string {
  const d = new Date(iso);
  if (dayKey(iso) === dayKey(now.toISOString())) return "今天";
  if (dayKey(iso) === dayKey(new Date(now.getTime() - 86_400_000).toISOString())) return "昨天";
  const date = `${d.getMonth() + 1}月${d.getDate()}日`;
  return d.getFullYear() === now.getFullYear() ? `${date} 星期${WEEK[d.getDay()] ?? ""}` : `${d.getFullYear()}年${date}`;
}

/** 11月20日 14:05, or the date alone when the text has no time in it */
export function dateTime(value: string): string {
  const d = new Date(value);
  if (Number.isNaN(d.getTime())) return value;
  const year = d.getFullYear() === new Date().getFullYear() ? "" : `${d.getFullYear()}年`;
  const date = `${year}${d.getMonth() + 1}月${d.getDate()}日`;
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? date : `${date} ${hourMinute(value)}`;
}

/** 0:42 · 12:05 · 3小时5分 · 2天4小时 */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 3600) return `${Math.floor(s / 60)}:${pad(s % 60)}`;
  const h = Math.floor(s / 3600);
  return h < 24 ? `${h}小时${Math.floor((s % 3600) / 60)}分` : `${Math.floor(h / 24)}天${h % 24}小时`;
}
