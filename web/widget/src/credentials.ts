/**
 * Which conversation this browser belongs to. A signed-in customer and an anonymous one never share an entry:
 * the key holds the subject of the identity token.
 */
import type { TextStore } from "../../shared/wire/storage";

export interface Credentials {
  conversation_id: string;
  token: string;
}

/** The `sub` of a JWT for use as a storage key only; the server is the one that verifies it. */
export function subjectOf(jwt: string): string {
  try {
    const part = (jwt.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const claims = JSON.parse(decodeURIComponent(escape(atob(part)))) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : "?";
  } catch {
    return "?";
  }
}

export class CredentialStore {
  readonly prefix: string;

  constructor(private readonly store: TextStore, origin: string, identity: string) {
    this.prefix = `anke:1:${origin}:${identity ? "id-" + encodeURIComponent(subjectOf(identity)) : "anon"}:`;
  }

  get(): Credentials | null {
    try {
      const value = JSON.parse(this.store.get(this.prefix + "conversation") ?? "null") as Credentials | null;
      return value && typeof value.token === "string" && typeof value.conversation_id === "string" ? value : null;
    } catch {
      return null;
    }
  }

  set(value: Credentials): void {
    this.store.set(this.prefix + "conversation", JSON.stringify(value));
  }

  clear(): void {
    this.store.remove(this.prefix + "conversation");
  }

  draft(): string {
    return this.store.get(this.prefix + "draft") ?? "";
  }

  saveDraft(text: string): void {
    if (text) this.store.set(this.prefix + "draft", text);
    else this.store.remove(this.prefix + "draft");
  }

  number(name: string): number {
    return Number(this.store.get(this.prefix + name) ?? 0) || 0;
  }

  saveNumber(name: string, value: number): void {
    this.store.set(this.prefix + name, String(value));
  }
}
