/** Times as people read them, in the store's zone: a card and the bot's sentence then name the same day, wherever the browser is. */
const pad = (n: number): string => String(n).padStart(2, "0");
const WEEK = "日一二三四五六";
const DATE_ONLY = /^(\d{4})-(\d{2})-(\d{2})$/;

interface Parts { year: number; month: number; day: number; hour: number; minute: number }

/** How far the server's clock is ahead of this computer's, which may be wrong by days. */
let ahead = 0;

/** The moment that an answer of the server names as its own; anything else changes nothing. */
export function setServerTime(iso: unknown): void {
  const told = typeof iso === "string" ? Date.parse(iso) : Number.NaN;
  if (!Number.isNaN(told)) ahead = told - Date.now();
}

/** Now, by the server's clock once it was heard. */
export const serverNow = (): Date => new Date(Date.now() + ahead);

const formatIn = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
let zone = "Asia/Shanghai";
let format = formatIn(zone);

/** The zone that the server tells; one this browser does not know changes nothing. */
export function setStoreZone(name: unknown): void {
  if (typeof name !== "string" || !name || name === zone) return;
  try {
    format = formatIn(name);
    zone = name;
  } catch { /* an old browser without this zone keeps the one it has */ }
}

function partsOf(d: Date): Parts {
  const found: Record<string, number> = {};
  for (const part of format.formatToParts(d)) found[part.type] = Number(part.value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = found;
  return { year, month, day, hour, minute };
}

/** The moment at which the store's clocks show that date and time; days and minutes may run over. Where a clock jumps, the nearest there is. */
export function storeTime(year: number, month: number, day: number, hour: number, minute = 0): Date {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let at = wanted;
  for (let i = 0; i < 2; i += 1) {
    const shown = partsOf(new Date(at));
    at += wanted - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
  }
  return new Date(at);
}

/** So many days from now, by the store's calendar, at that hour. */
export function storeDay(days: number, hour: number, now = serverNow()): Date {
  const { year, month, day } = partsOf(now);
  return storeTime(year, month, day + days, hour);
}

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/;

/** What was put into a field of date and time, by the store's clock; null when it is none. */
export function fromField(value: string): Date | null {
  const found = LOCAL.exec(value);
  if (!found) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  return storeTime(year, month, day, hour, minute);
}

/** As such a field shows it. */
export function toField(at: Date): string {
  const { year, month, day, hour, minute } = partsOf(at);
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}`;
}

export const hourMinute = (iso: string): string => {
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return "";
  const { hour, minute } = partsOf(d);
  return `${pad(hour)}:${pad(minute)}`;
};

export function dayKey(iso: string): string {
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return "";
  const { year, month, day } = partsOf(d);
  return `${year}-${month}-${day}`;
}

/** 今天 · 昨天 · 11月20日 星期五 · 2025年11月20日 */
export function dayName(iso: string, now = serverNow()): string {
  if (dayKey(iso) === dayKey(now.toISOString())) return "今天";
  if (dayKey(iso) === dayKey(new Date(now.getTime() - 86_400_000).toISOString())) return "昨天";
  const { year, month, day } = partsOf(new Date(iso));
  const week = WEEK[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? "";
  return year === partsOf(now).year ? `${month}月${day}日 星期${week}` : `${year}年${month}月${day}日`;
}

/** 11月20日 14:05, or the date alone when the text has no time in it */
export function dateTime(value: string, now = serverNow()): string {
  const d = new Date(value);
  if (Number.isNaN(d.getTime())) return value;
  const alone = DATE_ONLY.exec(value);
  const { year, month, day } = alone ? { year: Number(alone[1]), month: Number(alone[2]), day: Number(alone[3]) } : partsOf(d);
  const date = `${year === partsOf(now).year ? "" : `${year}年`}${month}月${day}日`;
  return alone ? date : `${date} ${hourMinute(value)}`;
}

/** 0:42 · 12:05 · 3小时5分 · 2天4小时 */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 3600) return `${Math.floor(s / 60)}:${pad(s % 60)}`;
  const h = Math.floor(s / 3600);
  return h < 24 ? `${h}小时${Math.floor((s % 3600) / 60)}分` : `${Math.floor(h / 24)}天${h % 24}小时`;
}
