/** When somebody is to come back to a matter: what is offered beside a time of one's own. */
import { fromField, storeDay } from "../../shared/clock";

export const NEVER = "never";
export const OWN = "own";
const HOUR_MS = 3_600_000;
const FURTHEST_DAYS = 90;

/** Those that are still ahead; the last two are always there. */
export function choices(now: Date): { value: string; name: string }[] {
  const evening = storeDay(0, 18, now);
  return [
    { value: NEVER, name: "不提醒" },
    { value: new Date(now.getTime() + HOUR_MS).toISOString(), name: "1 小时后" },
    ...(evening.getTime() - now.getTime() > HOUR_MS ? [{ value: evening.toISOString(), name: "今天 18:00" }] : []),
    { value: storeDay(1, 10, now).toISOString(), name: "明天 10:00" },
    { value: storeDay(3, 10, now).toISOString(), name: "3 天后 10:00" },
    { value: OWN, name: "自己选" },
  ];
}

/** The moment that was chosen; null: nobody is reminded. `wrong` says why it cannot be. */
export function chosen(value: string, own: string, now: Date): { at: string | null; wrong: string } {
  if (value === NEVER) return { at: null, wrong: "" };
  const at = value === OWN ? fromField(own) : new Date(value);
  if (!at) return { at: null, wrong: "请选跟进的日期和时间。" };
  const ahead = at.getTime() - now.getTime();
  if (ahead <= 0) return { at: null, wrong: "跟进的时间已经过了，请另选。" };
  if (ahead > FURTHEST_DAYS * 24 * HOUR_MS) return { at: null, wrong: `跟进的时间最远 ${FURTHEST_DAYS} 天。` };
  return { at: at.toISOString(), wrong: "" };
}
