/**
 * The agent's desk: session, live line, queue, conversations. One line serves everything; after a reconnect every
 * watched conversation is resumed from its last seq. An expired session lays the login over the desk and keeps all of it.
 */
import { markRaw, reactive, shallowReactive } from "vue";
import type { Ack, Frame, ItemBody, MessageKind } from "../../shared/protocol";
import { Failure, offline } from "../../shared/wire/failure";
import { newId } from "../../shared/wire/id";
import type { OutboxEntry } from "../../shared/wire/outbox";
import { browserStore } from "../../shared/wire/storage";
import { newcomer, titleCount } from "./alerts";
import { AgentApi } from "./api";
import { DeskConnection, type DeskLink } from "./connection";
import { CaseBook } from "./cases";
import { Conversation } from "./conversation";
import type { Agent, AgentLog, QueueItem, Resolution } from "./model";

const TYPING_EVERY_MS = 3_000;
const RECORD_EVERY_MS = 1_500;

export class Desk {
  readonly view = reactive({
    phase: "checking" as "checking" | "login" | "ready",
    expired: false,
    agent: null as Agent | null,
    link: "idle" as DeskLink,
    queue: [] as QueueItem[],
    mine: [] as QueueItem[],
    recent: null as QueueItem[] | null,
    queueKnown: false,
    selected: "",
    page: "talks" as "talks" | "cases",
    toast: "",
    toastBad: false,
    sound: true,
    now: Date.now(),
  });
  readonly open = shallowReactive(new Map<string, Conversation>());
  readonly api = new AgentApi();
  readonly cases = new CaseBook(this.api, (text, bad) => { this.say(text, bad); });

  private readonly store = browserStore();
  private readonly tab = newId();
  private connection: DeskConnection | null = null;
  private toastTimer: ReturnType<typeof setTimeout> | undefined;
  private typedAt = 0;
  private readonly recordTimers = new Map<string, ReturnType<typeof setTimeout>>();
  private seenInQueue: Set<string> | null = null;

  constructor() {
    this.view.sound = this.store.get("anke:desk:sound") !== "off";
    this.api.onExpired = () => { this.expire(); };
    setInterval(() => { this.view.now = Date.now(); }, 1_000);
    window.addEventListener("online", () => { this.connection?.nudge(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.connection?.nudge(); });
    window.addEventListener("pagehide", () => { for (const one of this.open.values()) one.outbox.releaseLeases(); });
    window.addEventListener("storage", (event) => { for (const one of this.open.values()) one.outbox.changedElsewhere(event.key); });
    setInterval(() => { for (const one of this.open.values()) one.outbox.renewLeases(); }, 4_000);
  }

  get current(): Conversation | undefined { return this.open.get(this.view.selected); }

  async begin(): Promise<void> {
    try {
      this.enter(await this.api.me());
    } catch {
      this.view.phase = "login";
    }
  }

  /** Throws a Failure with a sentence for the form. */
  async login(username: string, password: string): Promise<void> {
    const agent = await this.api.login(username, password);
    if (this.view.agent && this.view.agent.id !== agent.id) {
      location.reload();
      return;
    }
    this.view.expired = false;
    this.view.toast = "";
    this.enter(agent);
  }

  async logout(): Promise<void> {
    this.connection?.stop();
    try { await this.api.logout(); } catch { /* the session may be gone already */ }
    location.reload();
  }

  toggleSound(): void {
    this.view.sound = !this.view.sound;
    this.store.set("anke:desk:sound", this.view.sound ? "on" : "off");
  }

  owns(conversation: Conversation | undefined): boolean {
    const { agent } = this.view;
    if (!conversation || !agent || conversation.view.state !== "human") return false;
    return conversation.view.owner === agent.id;
  }

  /** True for accounts that have conversations to look at; designers and administrators work elsewhere. */
  get hasDesk(): boolean {
    const { agent } = this.view;
    return agent !== null && (agent.groups.length > 0 || agent.role === "supervisor" || agent.role === "qa");
  }

  show(page: "talks" | "cases"): void {
    this.view.page = page;
    if (page === "cases") void this.cases.load();
  }

  /** The page of one case; whoever may not read it is told so there. */
  showCase(caseNo: string): void {
    this.show("cases");
    void this.cases.select(caseNo);
  }

  /** From a case to one of its conversations. */
  showTalk(conversationId: string): void {
    this.show("talks");
    this.select(conversationId);
  }

  select(id: string): void {
    const before = this.open.get(this.view.selected);
    this.view.selected = id;
    if (before && before.id !== id) this.letGo(before);
    if (!id) return;
    this.look(id);
    this.watch(id);
    void this.loadRecord(id);
  }

  async loadRecent(): Promise<void> {
    try {
      this.view.recent = await this.api.recent();
    } catch (error) {
      this.say(asFailure(error).message, true);
    }
  }

  async claim(id: string): Promise<void> {
    try {
      const answer = await this.api.claim(id);
      const conversation = this.look(id);
      conversation.view.epoch = answer.epoch;
      this.select(id);
      await this.refresh(id);
      await this.lists();
    } catch (error) {
      const failure = asFailure(error);
      this.say(failure.code === "conflict" ? `晚了一步：${failure.message}` : failure.message, true);
      await this.lists();
      if (this.open.has(id)) await this.refresh(id);
    }
  }

  claimNext(): void {
    const first = this.view.queue[0];
    if (first) void this.claim(first.conversation_id);
    else this.say("当前没有等待接入的客户");
  }

  send(conversation: Conversation, kind: MessageKind, body: ItemBody): void {
    conversation.outbox.add(newId("a"), kind, body, conversation.log.lastSeq, conversation.view.epoch);
    conversation.courier.kick();
  }

  retry(conversation: Conversation, id: string): void {
    conversation.outbox.retry(id, conversation.view.epoch);
    conversation.courier.kick();
  }

  async sendFile(conversation: Conversation, file: File): Promise<void> {
    const kind = file.type.startsWith("video/") ? "video" : "image";
    conversation.view.uploading += 1;
    try {
      this.send(conversation, kind, { upload_id: await this.api.upload(conversation.id, file) });
    } catch (error) {
      this.say(asFailure(error).message, true);
    } finally {
      conversation.view.uploading -= 1;
    }
  }

  typing(conversation: Conversation): void {
    const now = Date.now();
    if (now - this.typedAt < TYPING_EVERY_MS || !this.owns(conversation)) return;
    if (this.connection?.tell({ type: "typing", conversation_id: conversation.id })) this.typedAt = now;
  }

  /** True when stored; the text stays in the box otherwise. */
  async note(conversation: Conversation, text: string): Promise<boolean> {
    return this.try(async () => {
      await this.api.note(conversation.id, text);
      await this.refresh(conversation.id);
    });
  }

  async end(conversation: Conversation, how: "give-back" | "close", resolution: Resolution, note: string): Promise<boolean> {
    return this.try(async () => {
      await this.api.end(conversation.id, how, conversation.view.epoch, resolution, note);
      this.say(how === "close" ? "会话已结束" : "已交还机器人");
      await this.refresh(conversation.id);
      await this.lists();
      if (this.view.recent) await this.loadRecent();
    }, conversation);
  }

  async reveal(conversation: Conversation, field: string, reason: string): Promise<boolean> {
    return this.try(async () => {
      conversation.view.revealed[field] = await this.api.reveal(conversation.id, field, reason);
    });
  }

  async loadRecord(id: string): Promise<void> {
    const conversation = this.open.get(id);
    if (!conversation) return;
    try {
      conversation.view.record = markRaw(await this.api.record(id));
      conversation.view.recordError = "";
    } catch (error) {
      const failure = asFailure(error);
      conversation.view.recordError = failure.status === 404 ? "这个会话还没有交接记录" : failure.message;
    }
  }

  async refresh(id: string): Promise<void> {
    const conversation = this.open.get(id);
    if (!conversation) return;
    try {
      for (let more = true; more;) {
        const before = conversation.log.lastSeq;
        const answer = await this.api.log(id, before);
        if (!conversation.take(answer)) conversation.log.reset();
        more = conversation.log.lastSeq < answer.last_seq && conversation.log.lastSeq !== before;
      }
      this.moved(conversation);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === "reload") {
        conversation.log.reset();
        return;
      }
      if (!conversation.view.loaded) conversation.view.error = failure.status === 404 ? "看不到这个会话：它不在您的技能组，或已不存在。" : failure.message;
    }
  }

  say(text: string, bad = false): void {
    this.view.toast = text;
    this.view.toastBad = bad;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { this.view.toast = ""; }, bad ? 7_000 : 3_500);
  }

  private enter(agent: Agent): void {
    this.view.agent = agent;
    this.view.phase = "ready";
    this.connection?.stop();
    if (!this.hasDesk) return;
    this.connection = markRaw(new DeskConnection(this.api, {
      frame: (frame) => { this.receive(frame); },
      link: (link) => {
        this.view.link = link;
        if (link === "open") for (const id of this.watched()) this.watch(id);
        if (link === "open" || link === "polling") for (const one of this.open.values()) one.courier.kick();
      },
      readAll: async () => {
        if (!(await this.lists())) return false;
        for (const id of this.watched()) await this.refresh(id);
        return true;
      },
    }));
    void this.lists();
  }

  private async lists(): Promise<boolean> {
    try {
      const mine = await this.api.mine();
      this.takeQueue(this.view.agent?.groups.length ? await this.api.queue() : [], mine);
      return true;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.kind !== "unauthorized" && !this.view.queueKnown) this.say(failure.message, true);
      return failure.kind !== "offline";
    }
  }

  private receive(frame: Frame): void {
    const id = typeof frame.conversation_id === "string" ? frame.conversation_id : "";
    if (frame.type === "queue") this.takeQueue(frame.items as QueueItem[], frame.mine as QueueItem[] | undefined);
    else if (frame.type === "items") this.takeItems(id, frame as unknown as AgentLog);
    else if (frame.type === "typing") this.open.get(id)?.setTyping(frame.on === true);
    else if (frame.type === "error") {
      if (frame.code === "unauthorized") this.expire();
      else if (frame.code === "reload" && this.open.has(id)) {
        this.open.get(id)?.log.reset();
        this.watch(id);
      } else if (typeof frame.message === "string") {
        const view = this.open.get(id)?.view;
        if (view && !view.loaded) view.error = frame.message;
        else this.say(frame.message, true);
      }
    }
  }

  private takeQueue(queue: QueueItem[], mine: QueueItem[] | undefined): void {
    const ids = new Set(queue.map((item) => item.conversation_id));
    const isNew = this.seenInQueue !== null && [...ids].some((id) => !this.seenInQueue?.has(id));
    this.seenInQueue = new Set([...ids, ...(this.seenInQueue ?? [])]);
    this.view.queue = queue;
    if (mine) {
      this.view.mine = mine;
      for (const item of mine) this.look(item.conversation_id);
    }
    this.view.queueKnown = true;
    titleCount(queue.length);
    if (isNew && this.view.sound) newcomer();
  }

  private takeItems(id: string, answer: AgentLog): void {
    const conversation = this.open.get(id);
    if (!conversation) return;
    const before = conversation.view.state;
    if (!conversation.take({ ...answer, annotations: answer.annotations ?? [] })) {
      this.watch(id);
      return;
    }
    if (before !== conversation.view.state) void this.loadRecord(id);
    else if (id === this.view.selected) this.recordSoon(id);
    this.moved(conversation);
  }

  /** The record grows with the conversation: read it again shortly after something happened. */
  private recordSoon(id: string): void {
    clearTimeout(this.recordTimers.get(id));
    this.recordTimers.set(id, setTimeout(() => { void this.loadRecord(id); }, RECORD_EVERY_MS));
  }

  private moved(conversation: Conversation): void {
    if (conversation.id === this.view.selected && !document.hidden) conversation.view.seen = conversation.log.lastSeq;
  }

  /** Opens a conversation on the desk (once) and keeps it up to date. */
  private look(id: string): Conversation {
    const known = this.open.get(id);
    if (known) return known;
    const made: Conversation = new Conversation(id, this.store, `anke:desk:${this.view.agent?.id ?? ""}:`, this.tab, {
      send: (entry) => this.carry(made, entry),
      delivered: () => undefined,
      unauthorized: () => { this.expire(); },
    });
    this.open.set(id, made);
    this.watch(id);
    void this.refresh(id).then(() => { made.courier.kick(); });
    return made;
  }

  /** Mine and the one on the screen: the server follows at most 30 per console. */
  private watched(): string[] {
    return [...new Set([this.view.selected, ...this.view.mine.map((item) => item.conversation_id)])].filter((id) => this.open.has(id));
  }

  /** Off the screen and not mine: the log is kept, but no longer followed. */
  private letGo(conversation: Conversation): void {
    if (this.view.mine.some((item) => item.conversation_id === conversation.id)) return;
    this.connection?.tell({ type: "unwatch", conversation_id: conversation.id });
  }

  private watch(id: string): void {
    this.connection?.tell({ type: "watch", conversation_id: id, after: this.open.get(id)?.log.lastSeq ?? 0 });
  }

  private async carry(conversation: Conversation, entry: OutboxEntry): Promise<Ack> {
    if (this.view.expired) throw offline();
    const message = { client_msg_id: entry.id, kind: entry.kind, body: entry.body };
    try {
      if (!this.connection) throw offline();
      return await this.connection.post(conversation.id, entry.epoch ?? conversation.view.epoch, message);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === "stale") {
        void this.refresh(conversation.id);
        throw new Failure("refused", "会话已不在您手上，这条没有发给客户", "stale");
      }
      throw failure;
    }
  }

  private expire(): void {
    if (this.view.phase !== "ready" || this.view.expired) return;
    this.connection?.stop();
    this.view.expired = true;
  }

  private async try(what: () => Promise<void>, conversation?: Conversation): Promise<boolean> {
    try {
      await what();
      return true;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.kind === "unauthorized") return false;
      this.say(failure.kind === "offline" ? "网络断开，没有保存；内容还在，请稍后再试" : failure.code === "stale" ? "会话已不在您手上，操作没有生效" : failure.message, true);
      if (conversation) await this.refresh(conversation.id);
      return false;
    }
  }
}

const asFailure = (error: unknown): Failure => (error instanceof Failure ? error : offline());
