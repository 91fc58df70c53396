/** How near a deadline is, as four steps of colour. The last 90 s (or `soon` ms) count as `soon`, a passed one as `over`. */
export type Urgency = "none" | "ok" | "soon" | "over";
const SOON_MS = 90_000;

export function urgencyOf(deadline: string | null | undefined, now: number, soon = SOON_MS): Urgency {
  const at = deadline ? Date.parse(deadline) : NaN;
  if (Number.isNaN(at)) return "none";
  if (at <= now) return "over";
  return at - now <= soon ? "soon" : "ok";
}
