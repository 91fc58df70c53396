/**
 * Runs one thing at a time in all tabs of this origin. Web Locks where the page is secure; on a plain-http page an entry in
 * the store that counts as left behind after `LEFT_MS`. The fallback looks again after a moment: whoever wrote last has it.
 */
import { newId } from "./id";
import type { TextStore } from "./storage";

const LEFT_MS = 20_000;
const LOOK_MS = 60;
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

export async function exclusively<T>(name: string, store: TextStore, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
  if (locks) {
    const alone = await locks.request(name, { ifAvailable: true }, async (lock) => (lock ? { done: await work() } : null));
    if (alone) return alone.done;
    // what the tab before stored may reach this tab's copy of the store a moment after its lock is free
    return locks.request(name, async () => { await pause(LOOK_MS); return work(); }) as Promise<T>;
  }
  const key = `${name}lock`;
  const me = newId();
  for (;;) {
    const [holder = "", at = "0"] = (store.get(key) ?? "").split("@");
    if (!holder || Math.abs(Date.now() - Number(at)) > LEFT_MS) {
      store.set(key, `${me}@${Date.now()}`);
      await pause(LOOK_MS);
      if (store.get(key)?.startsWith(me)) break;
    } else {
      await pause(LOOK_MS);
    }
  }
  try {
    return await work();
  } finally {
    if (store.get(key)?.startsWith(me)) store.remove(key);
  }
}
