/**
 * The agent's desk: session, live line, queue, conversations. One line serves everything; after a reconnect every
 * watched conversation is resumed from its last seq. An expired session lays the login over the desk and keeps all of it.
 */
import { markRaw, reactive, shallowReactive, watch } from "vue";
import type { Ack, Frame, ItemBody, LogItem, MessageKind } from "../../shared/protocol";
import { Failure, offline } from "../../shared/wire/failure";
import { newId } from "../../shared/wire/id";
import type { OutboxEntry } from "../../shared/wire/outbox";
import { browserStore } from "../../shared/wire/storage";
import { AlertBell, titleCount } from "./alerts";
import { AgentApi } from "./api";
import type { Values } from "./cannedReplies";
import { copied } from "./copy";
import { DeskConnection, type DeskLink } from "./connection";
import { CaseBook } from "./cases";
import { Conversation, forgetMarks } from "./conversation";
import { Office } from "./office/office";
import type { WallNow } from "./office/model";
import { homeOf, isOffice, may, type Page, pagesOf } from "./office/pages";
import { Lists } from "./lists";
import { QueueTail } from "./queueTail";
import { type ListName, type Place, Route, thisBrowser } from "./route";
import { type Agent, type Alert, type AgentLog, type Colleagues, type DeskNow, type EarlierContact, type Found, type FoundItem, idsOf, type KnownTags, type Offer, type PrivacyKind, type PrivacyRequest, type QueueItem, type Reminder, type Resolution, standsFor, type Status, type Summary } from "./model";

const TYPING_EVERY_MS = 3_000;
const RECORD_EVERY_MS = 1_500;
const NEWCOMER_MS = 60_000;

export class Desk {
  readonly view = reactive({
    phase: "checking" as "checking" | "login" | "ready",
    expired: false,
    agent: null as Agent | null,
    link: "idle" as DeskLink,
    queue: [] as QueueItem[],
    mine: [] as QueueItem[],
    recent: null as QueueItem[] | null,
    tags: null as KnownTags | null,
    found: null as Found | null,
    /** what `found` is the answer to; "": nothing is searched for */
    find: "",
    list: "mine" as ListName,
    offers: [] as Offer[],
    alerts: [] as Alert[],
    reminders: [] as Reminder[],
    status: "online" as Status,
    queueKnown: false,
    selected: "",
    /** seq to be scrolled to once it is there; 0: none */
    jump: 0,
    page: "talks" as Page,
    /** what is open on a page of the office: a list behind a figure, a file */
    sub: "",
    toast: "",
    toastBad: false,
    now: Date.now(),
    /** the server was last heard of then, and is tried again then; 0: the line is there */
    lostAt: 0,
    retryAt: 0,
  });
  readonly open = shallowReactive(new Map<string, Conversation>());
  readonly api = new AgentApi();
  readonly bell = new AlertBell(browserStore());
  readonly tail = new QueueTail((after) => this.api.moreOfQueue(after), (items) => { this.view.queue = markRaw(items); });
  readonly office = new Office(this.api);
  readonly cases = new CaseBook(this.api, (text, bad) => { this.say(text, bad); });

  readonly ordering = new Lists(browserStore());
  private readonly store = browserStore();
  private readonly tab = newId();
  private readonly route = new Route(thisBrowser, (place) => { this.goTo(place); });
  private connection: DeskConnection | null = null;
  private toastTimer: ReturnType<typeof setTimeout> | undefined;
  private typedAt = 0;
  private searched = 0;
  private readonly recordTimers = new Map<string, ReturnType<typeof setTimeout>>();
  private known: DeskNow | null = null;

  constructor() {
    this.api.onExpired = () => { this.expire(); };
    watch(() => this.place, (place) => { this.route.moved(place); });
    watch(() => [this.view.page, this.view.selected], () => { this.tellLook(); });
    document.addEventListener("visibilitychange", () => { this.tellLook(); });
    setInterval(() => { this.view.now = Date.now(); }, 1_000);
    window.addEventListener("online", () => { this.connection?.nudge(); });
    window.addEventListener("offline", () => { this.connection?.cut(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.connection?.nudge(); });
    window.addEventListener("pagehide", () => { for (const one of this.open.values()) one.outbox.releaseLeases(); });
    window.addEventListener("storage", (event) => { for (const one of this.open.values()) one.outbox.changedElsewhere(event.key); });
    setInterval(() => { for (const one of this.open.values()) one.outbox.renewLeases(); }, 4_000);
  }

  private get prefix(): string { return `anke:desk:${this.view.agent?.id ?? ""}:`; }

  get current(): Conversation | undefined { return this.open.get(this.view.selected); }

  /** What is on the screen, as its address tells it. */
  private get place(): Place {
    const { page, selected, list, find, sub } = this.view;
    return { page, id: page === "cases" ? this.cases.view.selected : isOffice(page) ? sub : selected, list, find, range: page === "history" ? this.office.rangeText : "" };
  }

  /** Where the address leads; a conversation that may not be read says so in its place. */
  private goTo(place: Place): void {
    if (!pagesOf(this.view.agent).some((one) => one.page === place.page)) {
      this.route.stay(this.place);
      return;
    }
    if (isOffice(place.page)) {
      if (place.page === "history" && place.range !== this.office.rangeText) this.office.goToRange(place.range);
      this.show(place.page, place.id);
      return;
    }
    if (place.list !== this.view.list) this.showList(place.list);
    if (place.page !== this.view.page) this.show(place.page);
    if (place.page === "cases") {
      if (place.id !== this.cases.view.selected) void this.cases.select(place.id);
    } else if (place.id !== this.view.selected) {
      this.select(place.id);
    }
    if (!place.find) this.forgetSearch();
    else if (place.find !== this.view.find) void this.searchAgain(place.find);
  }

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
    history.replaceState(null, "", location.pathname);
    location.reload();
  }

  owns(conversation: Conversation | undefined): boolean {
    const { agent } = this.view;
    if (!conversation || !agent || conversation.view.state !== "human") return false;
    return conversation.view.owner === agent.id;
  }

  /** True for accounts that have conversations to look at; designers and administrators have pages of their own. */
  get hasDesk(): boolean { return may(this.view.agent, "serve", "read_all"); }

  show(page: Page, sub = ""): void {
    Object.assign(this.view, { page, sub });
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
    this.view.jump = 0;
    if (before && before.id !== id) this.letGo(before);
    if (!id) return;
    this.look(id);
    this.watch(id);
    void this.loadRecord(id);
  }

  showList(name: ListName): void {
    this.view.list = name;
    if (name === "recent") void this.loadRecent();
  }

  async loadRecent(): Promise<void> {
    try {
      this.view.recent = markRaw(await this.api.recent());
    } catch (error) {
      this.say(asFailure(error).message, true);
    }
  }

  /** Throws a Failure with a sentence for the form. */
  async search(query: string): Promise<void> {
    const mine = ++this.searched;
    const found = await this.api.search(query);
    if (mine === this.searched) Object.assign(this.view, { found: markRaw(found), find: query });
  }

  /** The words are there at once, so that the address is as it was; the answer follows. */
  private async searchAgain(query: string): Promise<void> {
    Object.assign(this.view, { found: null, find: query });
    try {
      await this.search(query);
    } catch (error) {
      this.forgetSearch();
      this.say(asFailure(error).message, true);
    }
  }

  /** Back to the lists; an answer that is still on its way is dropped. */
  forgetSearch(): void {
    this.searched += 1;
    Object.assign(this.view, { found: null, find: "" });
  }

  /** Which tags there are: asked when somebody is about to choose one. */
  async loadTags(): Promise<void> {
    try {
      this.view.tags = markRaw(await this.api.knownTags());
    } catch { /* they can be written still */ }
  }

  async tagTalk(conversation: Conversation, add: string[], remove: string[]): Promise<boolean> {
    return this.try(async () => { conversation.view.tags = await this.api.tagTalk(conversation.id, add, remove); });
  }

  /** What else carries it. */
  findTag(tag: string): void {
    this.show("talks");
    void this.searchAgain(`#${tag}`);
  }

  /** A search's hit: opened at the sentence that was found. */
  showFound(item: FoundItem): void {
    this.select(item.conversation_id);
    this.view.jump = item.found.seq ?? 0;
  }

  /** To a sentence of the conversation on the screen. */
  jumpTo(seq: number): void { this.view.jump = seq; }

  jumped(): void { this.view.jump = 0; }

  async claim(id: string): Promise<void> {
    try {
      const answer = await this.api.claim(id);
      const conversation = this.look(id);
      conversation.view.epoch = answer.epoch;
      this.takeInHand(id);
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

  /** Claimed is in hand before the lists are told again: the line may break in between, and the agent must read who waits on it. */
  private takeInHand(id: string): void {
    const item = this.view.queue.find((one) => standsFor(one, id));
    if (item && !this.view.mine.some((one) => standsFor(one, id))) this.view.mine = markRaw([...this.view.mine, item]);
  }

  /** The first in line; who is kept for a colleague that knows them is left to that colleague for a moment. */
  claimNext(): void {
    const kept = (item: QueueItem): boolean => item.preferred !== undefined && item.preferred !== this.view.agent?.id && Date.parse(item.preferred_until ?? "") > this.view.now;
    const first = this.view.queue.find((item) => !kept(item)) ?? this.view.queue[0];
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

  /** A reply is seen coming by the customer, a note by colleagues who look. */
  typing(conversation: Conversation, what: "reply" | "note"): void {
    const now = Date.now();
    if (now - this.typedAt < TYPING_EVERY_MS) return;
    if (this.connection?.tell({ type: "typing", conversation_id: conversation.id, ...(what === "note" ? { note: true } : {}) })) this.typedAt = now;
  }

  /** Colleagues at the same conversation learn that this person looks at it, while they do. */
  private tellLook(): void {
    const id = this.view.page === "talks" && !document.hidden ? this.view.selected : "";
    this.connection?.tell({ type: "look", conversation_id: id || null });
  }

  /** True when the customer no longer sees it; its words are for the box then. */
  async recall(conversation: Conversation, item: LogItem): Promise<boolean> {
    return this.try(async () => {
      await this.api.recall(conversation.id, item.seq, conversation.view.epoch);
      await this.refresh(conversation.id);
    }, conversation);
  }

  /** True when stored; the text stays in the box otherwise. */
  async note(conversation: Conversation, text: string, mentions: string[]): Promise<boolean> {
    return this.try(async () => {
      await this.api.note(conversation.id, text, mentions);
      await this.refresh(conversation.id);
    });
  }

  async end(conversation: Conversation, how: "give-back" | "close", resolution: Resolution, note: string, summary: Partial<Summary>, followUpAt: string | null): Promise<boolean> {
    return this.try(() => conversation.parting(async () => {
      await this.api.end(conversation.id, how, conversation.view.epoch, resolution, note, summary, followUpAt);
      this.say(how === "close" ? "会话已结束" : "已交还机器人");
      await this.refresh(conversation.id);
      await this.lists();
      if (this.view.recent) await this.loadRecent();
    }), conversation);
  }

  /** What fills the variables of canned replies; a masked name is no form of address. */
  cannedValues(conversation: Conversation): Values {
    const item = this.view.mine.find((one) => standsFor(one, conversation.id));
    const name = item?.customer && !item.customer.includes("*") && item.customer !== "访客" ? item.customer : "您";
    return { 客户: name, 订单号: item?.order_no ?? "", 商品: item?.item ?? "", 坐席: this.view.agent?.name ?? "" };
  }

  async setStatus(status: Status, giveUp = false): Promise<"done" | "has_chats" | "failed"> {
    try {
      const done = await this.api.presence(status, giveUp);
      this.view.status = done.status;
      if (done.returned) this.say(`已退回 ${done.returned} 位客户，您现在离线`);
      await this.lists();
      return "done";
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === "has_chats") return "has_chats";
      this.say(failure.message, true);
      return "failed";
    }
  }

  colleagues(): Promise<Colleagues> { return this.api.colleagues(); }

  async requeue(conversation: Conversation, note: string): Promise<boolean> {
    return this.part(conversation, () => this.api.requeue(conversation.id, conversation.view.epoch, note), "已退回队列，位置不变");
  }

  async transfer(conversation: Conversation, to: { agent: string } | { group: string }, note: string): Promise<boolean> {
    return this.part(conversation, () => this.api.transfer(conversation.id, conversation.view.epoch, to, note), "agent" in to ? "已发出，等同事应答；没接之前客户还在原处" : "已转过去");
  }

  /** Conversations of one customer are handled apart from now on, or together again. */
  async takeApart(conversation: Conversation): Promise<boolean> {
    return this.part(conversation, () => this.api.takeApart(conversation.id), "已拆开，两个会话分开处理");
  }

  async putTogether(conversation: Conversation): Promise<boolean> {
    return this.part(conversation, () => this.api.putTogether(conversation.id), "已并到一起");
  }

  async withdraw(conversation: Conversation): Promise<boolean> {
    return this.part(conversation, () => this.api.withdraw(conversation.id, conversation.view.epoch), "已收回");
  }

  async hold(conversation: Conversation, until: string, note: string, tell: boolean): Promise<boolean> {
    return this.part(conversation, () => this.api.hold(conversation.id, conversation.view.epoch, until, note, tell), "已搁置，到时间会提醒您");
  }

  async resume(conversation: Conversation): Promise<boolean> {
    return this.part(conversation, () => this.api.resume(conversation.id, conversation.view.epoch), "");
  }

  async answerOffer(offer: Offer, accept: boolean, note = ""): Promise<void> {
    await this.try(async () => {
      if (!accept) {
        await this.api.decline(offer.conversation_id, note);
      } else {
        const { epoch } = await this.api.accept(offer.conversation_id);
        this.look(offer.conversation_id).view.epoch = epoch;
        this.showTalk(offer.conversation_id);
        await this.refresh(offer.conversation_id);
      }
    });
    await this.lists();
  }

  /** Taken note of: gone here at once, and on every other console of this person. */
  async seeAlerts(ids: string[]): Promise<void> {
    this.view.alerts = this.view.alerts.filter((one) => !ids.includes(one.id));
    await this.try(() => this.api.seen(ids));
  }

  /** Done: gone from the list here and for everybody; the case tells who did it. */
  async reminderDone(id: string): Promise<void> {
    const done = await this.try(() => this.api.reminderDone(id));
    if (!done) return;
    this.view.reminders = markRaw(this.view.reminders.filter((one) => one.id !== id));
    this.say("已记为办好");
    if (this.cases.view.selected) await this.cases.select(this.cases.view.selected);
    await this.lists();
  }

  private async part(conversation: Conversation, what: () => Promise<void>, told: string): Promise<boolean> {
    return this.try(() => conversation.parting(async () => {
      await what();
      if (told) this.say(told);
      await this.refresh(conversation.id);
      await this.lists();
    }), conversation);
  }

  async reveal(conversation: Conversation, field: string, reason: string): Promise<boolean> {
    return this.try(async () => {
      conversation.view.revealed[field] = await this.api.reveal(conversation.id, field, reason);
    });
  }

  async ownData(conversation: Conversation): Promise<PrivacyRequest[] | undefined> {
    let found: PrivacyRequest[] | undefined;
    await this.try(async () => { found = await this.api.ownData(conversation.id); });
    return found;
  }

  async registerOwnData(conversation: Conversation, kind: PrivacyKind): Promise<boolean> {
    return this.try(async () => {
      await this.api.registerOwnData(conversation.id, kind);
      await this.refresh(conversation.id);
    }, conversation);
  }

  async loadRecord(id: string): Promise<void> {
    const conversation = this.open.get(id);
    if (!conversation) return;
    try {
      conversation.view.record = markRaw(await this.api.record(id));
      conversation.view.recordError = "";
      void this.loadEarlier(conversation);
    } catch (error) {
      const failure = asFailure(error);
      conversation.view.recordError = failure.status === 404 ? "这个会话还没有交接记录" : failure.message;
    }
  }

  /** Once, and again when the customer turned out to be somebody who is known. */
  private async loadEarlier(conversation: Conversation): Promise<void> {
    const { customer, earlier } = conversation.view.record ?? {};
    const whose = [customer?.verified, customer?.contact, earlier?.[0]?.handoff_id].join(" ");
    if (conversation.earlierOf === whose) return;
    conversation.earlierOf = whose;
    try {
      conversation.view.earlier = markRaw(await this.api.earlier(conversation.id));
    } catch {
      conversation.earlierOf = ""; // the next record tries again
    }
  }

  openBeside(conversation: Conversation, contact: EarlierContact): void { conversation.view.beside = contact; }

  closeBeside(conversation: Conversation): void { conversation.view.beside = null; }

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

  /** Does not sit out the time until the next try. */
  reconnect(): void { this.connection?.nudge(); }

  /** Customers in hand who go back to the queue while the line is broken; when that is. */
  get goneAt(): number { return this.view.lostAt + this.api.ownerGoneMs; }

  async copy(text: string): Promise<void> {
    const done = await copied(text);
    this.say(done ? `已复制 ${text.length > 24 ? `${text.slice(0, 24)}…` : text}` : "浏览器不让复制，请手动选中再复制", !done);
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
    if (!this.hasDesk) {
      this.view.page = homeOf(agent);
      this.route.begin(this.place);
      return;
    }
    this.connection = markRaw(new DeskConnection(this.api, {
      frame: (frame) => { this.receive(frame); },
      retry: (at) => { this.view.retryAt = at; },
      link: (link) => {
        this.view.link = link;
        if (link === "open" || link === "polling") this.view.lostAt = 0;
        else if (link === "down" && !this.view.lostAt) this.view.lostAt = this.connection?.heardAt ?? Date.now();
        if (link === "open") this.tellLook();
        if (link === "open") for (const id of this.watched()) this.watch(id);
        this.office.linked(link === "open" ? (frame) => this.connection?.tell(frame) ?? false : null);
        if (link === "open" || link === "polling") for (const one of this.open.values()) one.courier.kick();
      },
      readAll: async () => {
        if (!(await this.lists())) return false;
        for (const id of this.watched()) await this.refresh(id);
        return true;
      },
    }));
    this.route.begin(this.place);
    void this.lists();
  }

  private async lists(): Promise<boolean> {
    try {
      const serves = (this.view.agent?.groups.length ?? 0) > 0;
      this.takeDesk(serves ? await this.api.now() : { items: [], waiting: 0, next: null, mine: await this.api.mine(), offers: [], alerts: [], reminders: [], status: "online" });
      return true;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.kind !== "unauthorized" && !this.view.queueKnown) this.say(failure.message, true);
      return failure.kind !== "offline";
    }
  }

  private receive(frame: Frame): void {
    const id = typeof frame.conversation_id === "string" ? frame.conversation_id : "";
    if (frame.type === "queue") this.takeDesk(frame as unknown as DeskNow);
    else if (frame.type === "items") this.takeItems(id, frame as unknown as AgentLog);
    else if (frame.type === "wall") this.office.takeWall(frame as unknown as WallNow);
    else if (frame.type === "typing") this.open.get(id)?.setTyping(frame.on === true);
    else if (frame.type === "present") this.open.get(id)?.hearOther(String(frame.agent), String(frame.name), String(frame.doing));
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

  private takeDesk(now: DeskNow): void {
    const before = this.known;
    this.known = now;
    this.tail.take(now);
    Object.assign(this.view, { mine: markRaw(now.mine), offers: now.offers, alerts: now.alerts, reminders: markRaw(now.reminders), status: now.status, queueKnown: true });
    for (const item of now.mine) for (const id of idsOf(item)) this.look(id);
    titleCount(now.waiting, now.offers.length + now.alerts.length);
    if (!before) {
      forgetMarks(this.store, this.prefix, [this.view.selected, ...now.mine.flatMap(idsOf)]);
      return;
    }
    const fresh = <T>(list: T[], old: T[], id: (one: T) => string): T[] => list.filter((one) => !old.some((other) => id(other) === id(one)));
    for (const offer of fresh(now.offers, before.offers, (one) => one.id)) this.bell.ring("transfer", offer.system ? "轮到您接待一位客户" : `${offer.from}想把客户转给您`, offer.note, () => { this.showTalk(offer.conversation_id); });
    for (const alert of fresh(now.alerts, before.alerts, (one) => one.id)) {
      if (alert.kind !== "transfer") this.bell.ring(alert.kind, alert.text, "", () => { if (alert.conversation_id) this.showTalk(alert.conversation_id); else if (alert.case_no) this.showCase(alert.case_no); });
    }
    const known = new Set([...before.items, ...before.mine].flatMap(idsOf));
    // of a long queue only the front is told: who moved up into it has been there before
    const came = (one: QueueItem): boolean => before.next === null || this.view.now - Date.parse(one.waiting_since ?? "") < NEWCOMER_MS;
    const newcomer = now.items.find((one) => !known.has(one.conversation_id) && came(one));
    if (newcomer) this.bell.ring("newcomer", "有客户在等待接入", newcomer.preview ?? "", () => { this.showTalk(newcomer.conversation_id); });
  }

  private takeItems(id: string, answer: AgentLog): void {
    const conversation = this.open.get(id);
    if (!conversation) return;
    const before = conversation.view.state;
    const [had, loaded] = [conversation.log.lastSeq, conversation.view.loaded];
    if (!conversation.take({ ...answer, annotations: answer.annotations ?? [] })) {
      this.watch(id);
      return;
    }
    const said = answer.items.find((item) => item.sender === "customer" && item.kind !== "rating" && item.seq > had);
    if (said && loaded && this.owns(conversation)) this.bell.ring("message", "您的客户说话了", said.body.text ?? "", () => { this.showTalk(id); });
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
    if (conversation.id === this.view.selected && !document.hidden && conversation.view.atEnd) conversation.see();
  }

  /** Opens a conversation on the desk (once) and keeps it up to date. */
  private look(id: string): Conversation {
    const known = this.open.get(id);
    if (known) return known;
    const made: Conversation = new Conversation(id, this.view.agent?.id ?? "", this.view.agent?.name ?? "", this.store, this.prefix, this.tab, {
      send: (entry) => this.carry(made, entry),
      delivered: () => undefined,
      unauthorized: () => { this.expire(); },
    }, (kind, text, afterSeq) => this.api.saveDraft(id, kind, text, afterSeq));
    this.open.set(id, made);
    if (this.view.agent?.groups.length) void this.api.drafts(id).then((saved) => made.drafts.take(saved)).catch(() => undefined);
    this.watch(id);
    void this.refresh(id).then(() => { made.courier.kick(); });
    return made;
  }

  /** Mine and the one on the screen: the server follows at most 30 per console. */
  private watched(): string[] {
    return [...new Set([this.view.selected, ...this.view.mine.flatMap(idsOf)])].filter((id) => this.open.has(id));
  }

  /** Off the screen and not mine: the log is kept, but no longer followed. */
  private letGo(conversation: Conversation): void {
    if (this.view.mine.some((item) => standsFor(item, conversation.id))) return;
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
