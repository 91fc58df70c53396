/** Waiting time before the n-th reconnect (n from 0), in ms: doubling from 0.5 s to 20 s, with ±30 % jitter so that
 * a thousand widgets do not come back in the same second after a restart. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(20_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(base * (0.7 + 0.6 * random()));
}
