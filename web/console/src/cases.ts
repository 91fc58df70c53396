/** The list of cases and the one on the screen (H42). Answers that come late, after another question, are dropped. */
import { reactive } from "vue";
import { Failure, offline } from "../../shared/wire/failure";
import type { AgentApi } from "./api";
import type { Call, Case, CaseQuery, CaseState, CaseSummary } from "./caseModel";
import type { Level } from "./model";

export type CaseApi = Pick<AgentApi, "cases" | "case" | "moveCase" | "classifyCase" | "noteCase" | "tagCase" | "linkCase" | "revealCase" | "registerCall">;

export class CaseBook {
  readonly view = reactive({
    query: { state: "open", level: "", owner: "", channel: "", q: "", tag: "" } as CaseQuery,
    items: [] as CaseSummary[],
    next: null as string | null,
    phase: "loading" as "loading" | "ready" | "failed",
    error: "",
    loadingMore: false,
    selected: "",
    current: null as Case | null,
    currentError: "",
    contact: "",
    busy: false,
  });
  private asked = 0;
  private opened = 0;

  constructor(private readonly api: CaseApi, private readonly say: (text: string, bad?: boolean) => void) {}

  /** The first page for the question as it stands. What is on the screen stays until the answer is there. */
  async load(): Promise<void> {
    const mine = ++this.asked;
    if (this.view.items.length === 0) this.view.phase = "loading";
    try {
      const page = await this.api.cases({ ...this.view.query, q: this.view.query.q.trim() });
      if (mine !== this.asked) return;
      Object.assign(this.view, { items: page.items, next: page.next, phase: "ready", error: "" });
    } catch (error) {
      if (mine !== this.asked) return;
      Object.assign(this.view, { items: [], next: null, phase: "failed", error: asFailure(error).message });
    }
  }

  async more(): Promise<void> {
    const { next, query } = this.view;
    if (!next || this.view.loadingMore) return;
    const mine = this.asked;
    this.view.loadingMore = true;
    try {
      const page = await this.api.cases({ ...query, q: query.q.trim() }, next);
      if (mine !== this.asked) return;
      const known = new Set(this.view.items.map((one) => one.case_no));
      this.view.items.push(...page.items.filter((one) => !known.has(one.case_no)));
      this.view.next = page.next;
    } catch (error) {
      this.say(asFailure(error).message, true);
    } finally {
      this.view.loadingMore = false;
    }
  }

  async select(caseNo: string): Promise<void> {
    if (this.view.selected !== caseNo) Object.assign(this.view, { selected: caseNo, current: null, contact: "" });
    this.view.currentError = "";
    if (!caseNo) return;
    const mine = ++this.opened;
    try {
      const found = await this.api.case(caseNo);
      if (mine !== this.opened) return;
      this.view.current = found;
      const at = this.view.items.findIndex((one) => one.case_no === caseNo);
      if (at >= 0) this.view.items[at] = found;
    } catch (error) {
      if (mine !== this.opened) return;
      const failure = asFailure(error);
      if (!this.view.current) this.view.currentError = failure.status === 404 ? "看不到这个个案：它不在您的技能组，或已不存在。" : failure.message;
      else this.say(failure.message, true);
    }
  }

  /** The case before or after the one on the screen; round the ends. */
  step(by: number): void {
    const { items, selected } = this.view;
    if (items.length === 0) return;
    const at = items.findIndex((one) => one.case_no === selected);
    const to = at < 0 ? (by > 0 ? 0 : items.length - 1) : (at + by + items.length) % items.length;
    void this.select(items[to]?.case_no ?? "");
  }

  /** True when it was done; what was typed stays otherwise. The case is read again either way. */
  move(to: CaseState, reason: string): Promise<boolean> {
    return this.change((one) => this.api.moveCase(one.case_no, one.state, to, reason), "个案已经不在这一步，已为您刷新");
  }

  classify(category: string, level: Level, reason: string): Promise<boolean> {
    return this.change((one) => this.api.classifyCase(one.case_no, category, level, reason));
  }

  note(text: string, answered: boolean, mentions: string[] = []): Promise<boolean> {
    return this.change((one) => this.api.noteCase(one.case_no, text, answered, mentions));
  }

  tag(add: string[], remove: string[]): Promise<boolean> {
    return this.change(async (one) => { await this.api.tagCase(one.case_no, add, remove); });
  }

  link(conversationId: string): Promise<boolean> {
    return this.change((one) => this.api.linkCase(one.case_no, conversationId));
  }

  reveal(field: string, reason: string): Promise<boolean> {
    return this.change(async (one) => { this.view.contact = await this.api.revealCase(one.case_no, field, reason); });
  }

  /** The number of the call's case; empty when it was not stored. */
  async register(call: Call): Promise<string> {
    if (this.view.busy) return "";
    this.view.busy = true;
    try {
      const done = await this.api.registerCall(call);
      this.say(done.joined ? `同一件事已有个案，这次来电记入 ${done.case_no}` : `已登记个案 ${done.case_no}`);
      await Promise.all([this.load(), this.select(done.case_no)]);
      return done.case_no;
    } catch (error) {
      this.tell(asFailure(error));
      return "";
    } finally {
      this.view.busy = false;
    }
  }

  private async change(what: (current: Case) => Promise<void>, stale = ""): Promise<boolean> {
    const { current } = this.view;
    if (!current || this.view.busy) return false;
    this.view.busy = true;
    let done = true;
    try {
      await what(current);
    } catch (error) {
      const failure = asFailure(error);
      done = false;
      if (failure.code === "stale" && stale) this.say(stale, true);
      else this.tell(failure);
    } finally {
      this.view.busy = false;
    }
    if (this.view.selected === current.case_no) await this.select(current.case_no);
    return done;
  }

  private tell(failure: Failure): void {
    if (failure.kind !== "unauthorized") this.say(failure.kind === "offline" ? "网络断开，没有保存；内容还在，请稍后再试" : failure.message, true);
  }
}

const asFailure = (error: unknown): Failure => (error instanceof Failure ? error : offline());
