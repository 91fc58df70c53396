/** localStorage where the browser allows it (private windows, full quota and blocked third-party storage throw),
 * memory otherwise: then drafts live as long as the page. */
export interface TextStore {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

export class MemoryStore implements TextStore {
  private readonly map = new Map<string, string>();
  get(key: string): string | null { return this.map.get(key) ?? null; }
  set(key: string, value: string): void { this.map.set(key, value); }
  remove(key: string): void { this.map.delete(key); }
  keys(): string[] { return [...this.map.keys()]; }
}

class BrowserStore implements TextStore {
  private readonly spill = new MemoryStore();
  constructor(private readonly storage: Storage) {}
  get(key: string): string | null {
    const spilled = this.spill.get(key);
    if (spilled !== null) return spilled;
    try { return this.storage.getItem(key); } catch { return null; }
  }
  set(key: string, value: string): void {
    try {
      this.storage.setItem(key, value);
      this.spill.remove(key);
    } catch {
      this.spill.set(key, value);
    }
  }
  remove(key: string): void {
    this.spill.remove(key);
    try { this.storage.removeItem(key); } catch { /* blocked storage holds nothing to remove */ }
  }
  keys(): string[] {
    const found = new Set(this.spill.keys());
    try {
      for (let i = 0; i < this.storage.length; i += 1) {
        const key = this.storage.key(i);
        if (key !== null) found.add(key);
      }
    } catch { /* blocked storage */ }
    return [...found];
  }
}

export function browserStore(): TextStore {
  try {
    return new BrowserStore(window.localStorage);
  } catch {
    return new MemoryStore();
  }
}
