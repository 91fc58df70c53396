/**
 * The customer's side of one conversation: credentials, line (socket, or long poll when no socket comes through),
 * outbox, uploads, and the state the screen shows. Vue sees `view`; nothing here touches the DOM tree.
 */
import { markRaw, reactive } from "vue";
import { setServerTime, setStoreZone } from "../../shared/clock";
import type { ConversationState, Frame, ItemBody, LogItem, MessageKind, QueuePlace } from "../../shared/protocol";
import { Courier } from "../../shared/wire/courier";
import { exclusively } from "../../shared/wire/exclusive";
import { Failure, offline } from "../../shared/wire/failure";
import { FileStore } from "../../shared/wire/fileStore";
import { newId } from "../../shared/wire/id";
import { ConversationLog } from "../../shared/wire/log";
import { LEASE_MS, Outbox, type OutboxEntry } from "../../shared/wire/outbox";
import { browserStore } from "../../shared/wire/storage";
import type { ShopOrder } from "../loader/host";
import { CustomerApi } from "./api";
import { Connection, type Link } from "./connection";
import { CredentialStore, type Credentials } from "./credentials";
import type { Settings } from "./settings";
import { Uploads } from "./uploads";

/** A bot that has not answered this long after an ack will not be shown as typing any longer (turn limit 20 s). */
const TYPING_LIMIT_MS = 25_000;
const TYPING_END_MS = 250;
const TYPING_EVERY_MS = 3_000;

export interface SessionHooks {
  /** what is known of the page a new conversation begins on */
  page(): Record<string, string>;
  /** somebody else said something just now */
  message(item: LogItem): void;
  state(state: ConversationState): void;
}

export class Session {
  readonly view = reactive({
    phase: "idle" as "idle" | "starting" | "ready" | "error",
    error: "",
    link: "idle" as Link,
    state: "bot" as ConversationState,
    items: [] as LogItem[],
    entries: [] as OutboxEntry[],
    queue: null as QueuePlace | null,
    typing: null as "bot" | "agent" | null,
    agent: "",
    read: 0,
    busy: false,
    notice: "",
  });

  private readonly store = browserStore();
  private readonly api: CustomerApi;
  private readonly credentials: CredentialStore;
  private readonly log = new ConversationLog();
  private readonly outbox: Outbox;
  private readonly courier: Courier;
  readonly uploads: Uploads;
  private connection: Connection | null = null;
  private who: Credentials | null = null;
  private starting: Promise<boolean> | null = null;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private noticeTimer: ReturnType<typeof setTimeout> | undefined;
  private typedAt = 0;
  private goneAt = 0;
  /** seq of the last message of a person that the server knows to be read */
  private toldRead = 0;
  private readonly agents: { seq: number; name: string }[] = [];
  private readonly ended = new AbortController();
  private readonly leases: ReturnType<typeof setInterval>;
  /** the log was read to its end once: what comes now is new */
  private caughtUp = false;

  constructor(private readonly settings: Settings, private readonly hooks: SessionHooks) {
    this.api = new CustomerApi(settings.origin);
    this.credentials = new CredentialStore(this.store, settings.origin, settings.identity);
    this.outbox = new Outbox(this.store, this.credentials.prefix + "out:", newId());
    this.courier = new Courier(this.outbox, {
      send: ({ id, kind, body }) => this.connection?.post({ client_msg_id: id, kind, body }) ?? Promise.reject(offline()),
      delivered: (entry, ack) => {
        this.uploads.done(entry);
        this.delivered(ack.seq);
      },
      unauthorized: () => { this.tokenGone(); },
    });
    this.uploads = new Uploads(this.outbox, new FileStore(this.credentials.prefix), {
      refuse: (why) => { this.say(why); },
      add: (id, kind, file) => {
        this.outbox.add(id, kind, {}, this.log.lastSeq, undefined, file);
        void this.ensure();
      },
      send: async (file, name, progress, signal) => {
        if (!(await this.ensure())) throw offline("还没连上客服，连上后自动发送");
        return this.api.upload(this.need(), file, name, progress, signal);
      },
      uploaded: () => { this.courier.kick(); },
      unauthorized: () => { this.tokenGone(); },
    });
    this.outbox.subscribe(() => { this.view.entries = this.outbox.list(); });
    this.view.entries = this.outbox.list();
    this.view.read = this.credentials.number("read");
    this.listen();
    this.leases = setInterval(() => { this.outbox.renewLeases(); }, LEASE_MS / 3);
    void this.uploads.sweep();
  }

  private listen(): void {
    const { signal } = this.ended;
    window.addEventListener("storage", (event) => {
      this.outbox.changedElsewhere(event.key);
      if (event.key === this.credentials.prefix + "conversation") this.adoptOtherTab();
      if (event.key === this.credentials.prefix + "read") this.view.read = this.credentials.number("read");
      this.kick();
    }, { signal });
    window.addEventListener("online", () => { this.connection?.network(true); }, { signal });
    window.addEventListener("offline", () => { this.connection?.network(false); }, { signal });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.connection?.nudge(); }, { signal });
    window.addEventListener("pagehide", () => { this.outbox.releaseLeases(); }, { signal });
    window.addEventListener("pageshow", () => { this.outbox.renewLeases(); }, { signal });
  }

  /** The end of this session in this page (another customer signed in); what was not sent waits for its own customer. */
  stop(): void {
    this.ended.abort();
    clearInterval(this.leases);
    clearTimeout(this.typingTimer);
    clearTimeout(this.noticeTimer);
    this.courier.stop();
    this.uploads.stop();
    this.connection?.stop();
    this.outbox.releaseLeases();
  }

  private kick(): void {
    this.courier.kick();
    this.uploads.kick();
  }

  /** The page is loaded: go on with a conversation that this browser already has, so that the badge is right. */
  resume(): void {
    if (this.credentials.get() || this.view.entries.length > 0) void this.ensure();
  }

  /** The panel is opened. An anonymous conversation is made only with the first message: looking costs nothing. */
  panelOpened(): void {
    if (this.settings.identity || this.credentials.get() || this.view.entries.length > 0) void this.ensure();
  }

  /** The customer's own orders as the service knows them; empty while it does not know who that is, or cannot tell now. */
  async orders(): Promise<ShopOrder[]> {
    try {
      return this.who ? await this.api.orders(this.who) : [];
    } catch {
      return [];
    }
  }

  get draft(): string { return this.credentials.draft(); }
  saveDraft(text: string): void { this.credentials.saveDraft(text); }

  markRead(): void {
    this.tellRead();
    if (this.log.lastSeq <= this.view.read) return;
    this.view.read = this.log.lastSeq;
    this.credentials.saveNumber("read", this.log.lastSeq);
  }

  /** The person who wrote it sees that it was read; what could not be told is told with the next look. */
  private tellRead(): void {
    const last = [...this.log.items].reverse().find((item) => item.sender === "agent")?.seq ?? 0;
    if (last > this.toldRead && this.connection?.read(last)) this.toldRead = last;
  }

  sendText(text: string, quote?: number): void {
    this.put("text", quote === undefined ? { text } : { text, quote });
  }

  pressButton(id: string, label: string): void {
    this.put("button", { button_id: id, label });
  }

  retry(id: string): void {
    this.outbox.retry(id);
    this.kick();
  }

  discard(id: string): void {
    const entry = this.view.entries.find((one) => one.id === id);
    if (entry) this.uploads.done(entry);
    this.outbox.done(id);
  }

  typing(): void {
    const now = Date.now();
    if (now - this.typedAt < TYPING_EVERY_MS) return;
    if (this.connection?.typing()) this.typedAt = now;
  }

  async askHuman(): Promise<void> {
    await this.act(async () => {
      await this.api.human(this.need());
    });
  }

  async leaveQueue(): Promise<void> {
    await this.act(async () => {
      await this.api.leaveQueue(this.need());
    });
  }

  /** True when the rating was stored. */
  async rate(score: number, reasons: string[], text: string): Promise<boolean> {
    return this.act(() => this.api.rate(this.need(), score, reasons, text));
  }

  /** Who had the conversation when this item was written. */
  agentAt(seq: number): string {
    let name = "";
    for (const one of this.agents) if (one.seq <= seq) name = one.name;
    return name;
  }

  /** Addresses in items are relative to the service, which may live on another host than the store's page. */
  address(url: string | undefined): string | undefined {
    return url ? new URL(url, this.settings.origin).href : undefined;
  }

  fetchFile(uploadId: string): Promise<string> {
    return this.api.file(this.need(), uploadId);
  }

  restart(): void {
    this.view.error = "";
    void this.ensure();
  }

  private put(kind: MessageKind, body: ItemBody): void {
    this.outbox.add(newId("m"), kind, body, this.log.lastSeq);
    void this.ensure();
  }

  /** Makes sure there is a conversation and a line; several callers share one attempt. */
  private ensure(): Promise<boolean> {
    if (this.who) {
      this.kick();
      return Promise.resolve(true);
    }
    this.starting ??= this.begin().finally(() => { this.starting = null; });
    return this.starting;
  }

  private async begin(): Promise<boolean> {
    this.view.phase = "starting";
    try {
      const who = await exclusively(this.credentials.prefix, this.store, () => this.obtain());
      if (this.ended.signal.aborted) return false;
      this.connect(who);
      this.kick();
      return true;
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure("later", "暂时连接不上客服");
      this.view.phase = "error";
      this.view.error = failure.kind === "unauthorized" ? "登录信息已失效，请刷新页面重新登录后再联系客服。"
        : failure.kind === "offline" ? "网络好像断开了，您写的内容已保留。" : failure.message;
      if (failure.kind !== "unauthorized") setTimeout(() => { if (this.view.phase === "error" && !this.ended.signal.aborted) void this.ensure(); }, 6000);
      return false;
    }
  }

  /** Two tabs that begin together are one conversation: the second finds what the first one got. */
  private async obtain(): Promise<Credentials> {
    const known = this.settings.identity ? null : this.credentials.get();
    if (known) return known;
    const who = await this.api.create(this.settings.identity, this.hooks.page());
    this.credentials.set(who);
    return who;
  }

  private connect(who: Credentials): void {
    this.who = who;
    this.view.phase = "ready";
    this.connection?.stop();
    this.connection = markRaw(new Connection(this.api, who, {
      lastSeq: () => this.log.lastSeq,
      frame: (frame) => { this.receive(frame); },
      answer: (answer) => {
        setStoreZone(answer.time_zone);
        setServerTime(answer.now);
        this.view.queue = answer.queue ?? null;
        this.takeItems(answer.items, answer.state, answer.last_seq);
      },
      failed: (failure) => {
        if (failure.kind === "unauthorized" || failure.status === 404) this.tokenGone();
        else if (failure.code === "reload") this.forgetLog();
      },
      link: (link) => {
        this.view.link = link;
        if (link === "open" || link === "polling") this.kick();
      },
    }));
  }

  private receive(frame: Frame): void {
    if (frame.type === "welcome") {
      setStoreZone(frame.time_zone);
      setServerTime(frame.now);
      if (this.log.lastSeq >= Number(frame.last_seq)) this.caughtUp = true;
      this.setState(frame.state as ConversationState);
    }
    else if (frame.type === "items") this.takeItems(frame.items as LogItem[], frame.state as ConversationState, Number(frame.last_seq));
    else if (frame.type === "typing") this.hearTyping(frame.who === "agent" ? "agent" : "bot", frame.on === true);
    else if (frame.type === "queue") this.view.queue = frame as unknown as QueuePlace;
    else if (frame.type === "error") {
      if (frame.code === "reload") { this.forgetLog(); this.connection?.resume(); }
      else if (frame.code === "unauthorized") this.tokenGone();
    }
  }

  private takeItems(items: readonly LogItem[], state: ConversationState | undefined, lastSeq: number): void {
    const fresh = this.log.take(items);
    if (fresh === "gap") {
      this.connection?.resume();
      return;
    }
    if (state) this.setState(state);
    for (const item of fresh) {
      if (item.kind === "event" && item.body.agent) {
        this.view.agent = item.body.agent;
        this.agents.push({ seq: item.seq, name: item.body.agent });
      }
      if (item.sender === "bot" || item.sender === "agent" || (item.kind === "event" && item.body.to !== "bot")) this.setTyping(null);
    }
    if (fresh.length > 0) this.view.items = markRaw([...this.log.items]);
    if (this.caughtUp) for (const item of fresh) if (item.sender !== "customer" && item.kind !== "event") this.hooks.message(item);
    if (this.log.lastSeq >= lastSeq) this.caughtUp = true;
  }

  private setState(state: ConversationState): void {
    if (state !== this.view.state) this.hooks.state(state);
    this.view.state = state;
    if (state !== "waiting") this.view.queue = null;
    if (state !== "bot" && state !== "ticket" && this.view.typing === "bot") this.setTyping(null);
  }

  /** The end of typing comes just before the reply: waiting a moment keeps the log from jumping up and down. */
  private hearTyping(who: "bot" | "agent", on: boolean): void {
    if (on) this.setTyping(who);
    else if (this.view.typing === who) {
      clearTimeout(this.typingTimer);
      this.typingTimer = setTimeout(() => { this.view.typing = null; }, TYPING_END_MS);
    }
  }

  private setTyping(who: "bot" | "agent" | null): void {
    clearTimeout(this.typingTimer);
    this.view.typing = who;
    if (who) this.typingTimer = setTimeout(() => { this.view.typing = null; }, who === "bot" ? TYPING_LIMIT_MS : 6_000);
  }

  /** Shown at once, without waiting for the server's own typing frame: the ack proves that a turn begins. */
  private delivered(seq: number): void {
    const { state } = this.view;
    if (state !== "bot" && state !== "closed") return;
    const answered = this.log.items.some((item) => item.sender === "bot" && item.seq > seq);
    if (!answered) this.setTyping("bot");
  }

  private async act(what: () => Promise<void>): Promise<boolean> {
    this.view.busy = true;
    try {
      if (!(await this.ensure())) return false;
      await what();
      return true;
    } catch (error) {
      const failure = error instanceof Failure ? error : offline();
      this.say(failure.kind === "offline" ? "网络好像断开了，请稍后再试" : failure.message);
      return false;
    } finally {
      this.view.busy = false;
    }
  }

  private say(text: string): void {
    this.view.notice = text;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => { this.view.notice = ""; }, 6_000);
  }

  private need(): Credentials {
    if (!this.who) throw offline();
    return this.who;
  }

  private forgetLog(): void {
    this.toldRead = 0;
    this.log.reset();
    this.caughtUp = false;
    this.agents.length = 0;
    this.view.items = [];
  }

  /** The token is refused: a fresh conversation takes over what was not sent yet. */
  private tokenGone(): void {
    this.connection?.stop();
    this.connection = null;
    this.who = null;
    this.view.link = "idle";
    this.credentials.clear();
    this.outbox.forgetUploads();
    this.credentials.saveNumber("read", 0);
    this.view.read = 0;
    this.forgetLog();
    this.setState("bot");
    const again = Date.now() - this.goneAt < 30_000;
    this.goneAt = Date.now();
    if (again) {
      this.view.phase = "error";
      this.view.error = "暂时连接不上客服，请稍后刷新页面再试。您写的内容已保留。";
      return;
    }
    this.view.phase = "idle";
    if (this.view.entries.length > 0 || this.settings.identity) void this.ensure();
  }

  /** Another tab made the conversation first: join it instead of making a second one. */
  private adoptOtherTab(): void {
    const other = this.credentials.get();
    if (!other || other.conversation_id === this.who?.conversation_id) return;
    this.forgetLog();
    this.connect(other);
  }
}
