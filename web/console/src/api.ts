/** The agents' HTTP calls: session cookie, and the CSRF token of the login on every write. Each throws a Failure. */
import { setStoreZone } from "../../shared/clock";
import type { Ack, LogItem, OutgoingMessage } from "../../shared/protocol";
import { Failure, request } from "../../shared/wire/failure";
import { setNames, type StoreNames } from "./labels";
import { setOfficeZone } from "./office/office";
import type { Call, Case, CasePage, CaseQuery, CaseState } from "./caseModel";
import type { Agent, AgentLog, Annotation, Canned, Colleagues, DeskNow, DraftKind, Earlier, Found, HandoffRecord, KnownTags, Level, PrivacyKind, PrivacyRequest, QueueItem, QueuePage, Resolution, SavedDraft, Status, Suggestion, Summary } from "./model";

interface Entry { csrf: string; agent: Agent; time_zone?: string; names: StoreNames; owner_gone_seconds?: number; recall_seconds?: number }

const BASE = "/api/v1/agent";

export class AgentApi {
  csrf = "";
  /** away for so long, and one's customers go back to the queue */
  ownerGoneMs = 60_000;
  /** for so long a message can be taken back */
  recallMs = 0;
  /** told once for every answer 401 outside the login itself */
  onExpired: () => void = () => undefined;

  get socketUrl(): string {
    return location.origin.replace(/^http/, "ws") + BASE + "/ws";
  }

  async login(username: string, password: string): Promise<Agent> {
    const answer = await this.json<Entry>("POST", "/login", { username, password }, false);
    return this.entered(answer);
  }

  /** On a one-time link: the account's user name, which then logs in. */
  async choosePassword(code: string, password: string): Promise<string> {
    return (await this.json<{ username: string }>("POST", "/password", { code, password }, false)).username;
  }

  async changePassword(old: string, password: string): Promise<void> { await this.json("POST", "/me/password", { old, password }); }

  async me(): Promise<Agent> {
    const answer = await this.json<Entry>("GET", "/me", undefined, false);
    return this.entered(answer);
  }

  private entered({ csrf, agent, time_zone, names, owner_gone_seconds, recall_seconds }: Entry): Agent {
    this.csrf = csrf;
    this.recallMs = (recall_seconds ?? 0) * 1000;
    if (owner_gone_seconds) this.ownerGoneMs = owner_gone_seconds * 1000;
    setStoreZone(time_zone);
    setNames(names);
    if (time_zone) setOfficeZone(time_zone);
    return agent;
  }

  async logout(): Promise<void> { await this.json("POST", "/logout", {}, false); }

  now(): Promise<DeskNow> { return this.json("GET", "/queue"); }

  moreOfQueue(after: string): Promise<QueuePage> { return this.json("GET", "/queue/more?" + new URLSearchParams({ after }).toString()); }

  async mine(): Promise<QueueItem[]> { return (await this.json<{ items: QueueItem[] }>("GET", "/conversations?scope=mine")).items; }

  async recent(): Promise<QueueItem[]> { return (await this.json<{ items: QueueItem[] }>("GET", "/conversations?scope=recent")).items; }

  log(id: string, after: number): Promise<AgentLog> { return this.json("GET", this.at(id, `/log?after=${after}`)); }

  earlier(id: string): Promise<Earlier> { return this.json("GET", this.at(id, "/earlier")); }

  earlierLog(id: string, other: string, episode: number, after: number): Promise<{ items: LogItem[]; annotations: Annotation[]; next: number | null }> {
    return this.json("GET", this.at(id, `/earlier/${encodeURIComponent(other)}/${episode}?after=${after}`));
  }

  record(id: string): Promise<HandoffRecord> { return this.json("GET", this.at(id, "/record")); }

  claim(id: string): Promise<{ epoch: number; state: string }> { return this.json("POST", this.at(id, "/claim"), {}); }

  async recall(id: string, seq: number, epoch: number): Promise<void> { await this.json("POST", this.at(id, `/messages/${seq}/recall`), { epoch }); }

  async note(id: string, text: string, mentions: string[]): Promise<void> { await this.json("POST", this.at(id, "/notes"), { text, ...(mentions.length ? { mentions } : {}) }); }

  async end(id: string, how: "give-back" | "close", epoch: number, resolution: Resolution, note: string, summary: Partial<Summary>, followUpAt: string | null): Promise<void> {
    await this.json("POST", this.at(id, "/" + how), { epoch, resolution, ...(note ? { note } : {}), ...(Object.keys(summary).length ? { summary } : {}), ...(followUpAt ? { follow_up_at: followUpAt } : {}) });
  }

  /** Throws `has_chats` when somebody goes offline with customers in hand and has not said to give them up. */
  presence(status: Status, giveUp: boolean): Promise<{ status: Status; returned: number }> { return this.json("POST", "/presence", { status, give_up: giveUp }); }

  colleagues(): Promise<Colleagues> { return this.json("GET", "/colleagues"); }

  async requeue(id: string, epoch: number, note: string): Promise<void> { await this.json("POST", this.at(id, "/requeue"), { epoch, ...(note ? { note } : {}) }); }

  async transfer(id: string, epoch: number, to: { agent: string } | { group: string }, note: string): Promise<void> { await this.json("POST", this.at(id, "/transfer"), { epoch, note, ...to }); }

  async suggestions(id: string): Promise<Suggestion[]> { return (await this.json<{ items: Suggestion[] }>("GET", this.at(id, "/suggestions"))).items; }

  async takeApart(id: string): Promise<void> { await this.json("POST", this.at(id, "/part"), {}); }

  async putTogether(id: string): Promise<void> { await this.json("POST", this.at(id, "/join"), {}); }

  async withdraw(id: string, epoch: number): Promise<void> { await this.json("POST", this.at(id, "/transfer/withdraw"), { epoch }); }

  async hold(id: string, epoch: number, until: string, note: string, tell: boolean): Promise<void> { await this.json("POST", this.at(id, "/hold"), { epoch, until, note, tell }); }

  async resume(id: string, epoch: number): Promise<void> { await this.json("POST", this.at(id, "/resume"), { epoch }); }

  accept(id: string): Promise<{ epoch: number }> { return this.json("POST", this.at(id, "/offer"), { answer: "accept" }); }

  async decline(id: string, note: string): Promise<void> { await this.json("POST", this.at(id, "/offer"), { answer: "decline", ...(note ? { note } : {}) }); }

  async drafts(id: string): Promise<SavedDraft[]> { return (await this.json<{ items: SavedDraft[] }>("GET", this.at(id, "/drafts"))).items; }

  async saveDraft(id: string, kind: DraftKind, text: string, afterSeq: number): Promise<void> { await this.json("POST", this.at(id, "/drafts"), { kind, text, after_seq: afterSeq }); }

  search(query: string): Promise<Found> { return this.json("GET", "/search?" + new URLSearchParams({ q: query }).toString()); }

  knownTags(): Promise<KnownTags> { return this.json("GET", "/tags"); }

  async tagTalk(id: string, add: string[], remove: string[]): Promise<string[]> { return (await this.json<{ tags: string[] }>("POST", this.at(id, "/tags"), { add, remove })).tags; }

  async tagCase(no: string, add: string[], remove: string[]): Promise<string[]> { return (await this.json<{ tags: string[] }>("POST", `/cases/${encodeURIComponent(no)}/tags`, { add, remove })).tags; }

  async canned(): Promise<Canned[]> { return (await this.json<{ items: Canned[] }>("GET", "/canned")).items; }

  async putCanned(id: string | null, title: string, text: string, scope: string): Promise<void> { await this.json("POST", id ? `/canned/${encodeURIComponent(id)}` : "/canned", { title, text, scope }); }

  async deleteCanned(id: string): Promise<void> { await this.json("POST", `/canned/${encodeURIComponent(id)}/delete`, {}); }

  async usedCanned(id: string): Promise<void> { await this.json("POST", `/canned/${encodeURIComponent(id)}/used`, {}); }

  async seen(ids: string[]): Promise<void> { await this.json("POST", "/alerts/seen", { ids }); }

  async reminderDone(id: string): Promise<void> { await this.json("POST", `/reminders/${encodeURIComponent(id)}/done`, {}); }

  async ownData(id: string): Promise<PrivacyRequest[]> {
    return (await this.json<{ items: PrivacyRequest[] }>("GET", this.at(id, "/privacy"))).items;
  }

  async registerOwnData(id: string, kind: PrivacyKind): Promise<void> {
    await this.json("POST", this.at(id, "/privacy"), { kind });
  }

  async reveal(id: string, field: string, reason: string): Promise<string> {
    return (await this.json<{ value: string }>("POST", this.at(id, "/reveal"), { field, reason })).value;
  }

  /** The way a message goes while no socket comes through. */
  async send(id: string, epoch: number, message: OutgoingMessage): Promise<Ack> {
    const { seq } = await this.json<{ seq: number }>("POST", this.at(id, "/messages"), { ...message, epoch });
    return { client_msg_id: message.client_msg_id, seq };
  }

  async upload(id: string, file: File): Promise<string> {
    const form = new FormData();
    form.append("file", file);
    const response = await this.call(this.at(id, "/uploads"), { method: "POST", body: form }, 180_000);
    return ((await response.json()) as { upload_id: string }).upload_id;
  }

  cases(query: CaseQuery, after?: string): Promise<CasePage> {
    const told = Object.entries({ ...query, after }).filter((pair): pair is [string, string] => Boolean(pair[1]));
    return this.json("GET", "/cases?" + new URLSearchParams(told).toString());
  }

  case(no: string): Promise<Case> { return this.json("GET", `/cases/${encodeURIComponent(no)}`); }

  async moveCase(no: string, from: CaseState, to: CaseState, reason: string): Promise<void> {
    await this.json("POST", `/cases/${encodeURIComponent(no)}/move`, { from, to, reason });
  }

  async classifyCase(no: string, category: string, level: Level, reason: string): Promise<void> {
    await this.json("POST", `/cases/${encodeURIComponent(no)}/classify`, { category, level, reason });
  }

  async noteCase(no: string, text: string, answered: boolean, mentions: string[] = []): Promise<void> {
    await this.json("POST", `/cases/${encodeURIComponent(no)}/notes`, { text, answered, ...(mentions.length ? { mentions } : {}) });
  }

  async linkCase(no: string, conversationId: string): Promise<void> {
    await this.json("POST", `/cases/${encodeURIComponent(no)}/link`, { conversation_id: conversationId });
  }

  async revealCase(no: string, field: string, reason: string): Promise<string> {
    return (await this.json<{ value: string }>("POST", `/cases/${encodeURIComponent(no)}/reveal`, { field, reason })).value;
  }

  registerCall(call: Call): Promise<{ case_no: string; joined: boolean }> { return this.json("POST", "/cases", call); }

  /** What supervisors' and administrators' pages read and write (office/). */
  get<T>(path: string): Promise<T> { return this.json("GET", path); }

  post<T>(path: string, body: unknown): Promise<T> { return this.json("POST", path, body); }

  private at(id: string, path: string): string {
    return `/conversations/${encodeURIComponent(id)}${path}`;
  }

  private async json<T>(method: string, path: string, body?: unknown, tellExpired = true): Promise<T> {
    const init: RequestInit = { method, headers: { "Content-Type": "application/json" } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await this.call(path, init, 15_000, tellExpired);
    return (response.status === 204 ? {} : await response.json()) as T;
  }

  private async call(path: string, init: RequestInit, limit: number, tellExpired = true): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.csrf && init.method !== "GET") headers.set("X-CSRF-Token", this.csrf);
    try {
      return await request(BASE + path, { ...init, headers, credentials: "same-origin" }, limit);
    } catch (error) {
      if (tellExpired && error instanceof Failure && error.kind === "unauthorized") this.onExpired();
      throw error;
    }
  }
}
