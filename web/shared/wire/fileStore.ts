/** Files on their way, by name: in IndexedDB, so that they outlive a reload; where the browser has none, as long as the page. */
const DATABASE = "anke";
const FILES = "files";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error ?? new Error("IndexedDB")); };
  });
}

export class FileStore {
  private readonly memory = new Map<string, Blob>();
  private database: Promise<IDBDatabase> | undefined;

  /** `prefix`: whose files these are; others' are never seen. */
  constructor(private readonly prefix: string) {}

  async put(name: string, file: Blob): Promise<void> {
    this.memory.set(name, file);
    await this.quietly("readwrite", (files) => files.put(file, this.prefix + name));
  }

  async get(name: string): Promise<Blob | null> {
    const kept = this.memory.get(name) ?? (await this.quietly("readonly", (files) => files.get(this.prefix + name) as IDBRequest<Blob | undefined>));
    if (!kept) return null;
    this.memory.set(name, kept);
    return kept;
  }

  async remove(name: string): Promise<void> {
    this.memory.delete(name);
    await this.quietly("readwrite", (files) => files.delete(this.prefix + name));
  }

  /** Forgets what nothing waits for any more (a tab that was killed between two steps). */
  async sweep(wanted: ReadonlySet<string>): Promise<void> {
    const keys = (await this.quietly("readonly", (files) => files.getAllKeys())) ?? [];
    for (const key of keys) {
      if (typeof key === "string" && key.startsWith(this.prefix) && !wanted.has(key.slice(this.prefix.length))) {
        await this.remove(key.slice(this.prefix.length));
      }
    }
  }

  private async quietly<T>(mode: IDBTransactionMode, what: (files: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
    try {
      this.database ??= this.open();
      const database = await this.database;
      return await settled(what(database.transaction(FILES, mode).objectStore(FILES)));
    } catch {
      return undefined; // private window, full disk, blocked storage: memory has it
    }
  }

  private open(): Promise<IDBDatabase> {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => { request.result.createObjectStore(FILES); };
    return settled(request);
  }
}
