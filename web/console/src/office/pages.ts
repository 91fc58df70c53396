/** THE table of pages: who may open each. Rights are the server's (handoff/auth/roles.py), which asks them again for every answer. */
import type { Agent, Right } from "../model";

export const PAGES = [
  { page: "talks", name: "会话", rights: ["serve", "read_all"] },
  { page: "cases", name: "个案", rights: ["serve", "read_all"] },
  { page: "wall", name: "现场", rights: ["oversee"] },
  { page: "history", name: "统计", rights: ["figures"] },
  { page: "quality", name: "质检", rights: ["assess"] },
  { page: "findings", name: "改进", rights: ["design", "assess"] },
  { page: "accounts", name: "账号", rights: ["administer"] },
  { page: "audit", name: "审计", rights: ["administer"] },
  { page: "outbox", name: "通知", rights: ["outbox"] },
  { page: "rules", name: "规则", rights: ["rules"] },
  { page: "replies", name: "快捷回复", rights: ["shared_canned"] },
] as const satisfies readonly { page: string; name: string; rights: readonly Right[] }[];

export type Page = (typeof PAGES)[number]["page"];

export const may = (agent: Agent | null, ...rights: readonly Right[]): boolean => rights.some((one) => agent?.rights.includes(one));

export const pagesOf = (agent: Agent | null): { page: Page; name: string }[] => PAGES.filter((one) => may(agent, ...one.rights));

/** Where this person's work begins. */
export const homeOf = (agent: Agent | null): Page => pagesOf(agent)[0]?.page ?? "talks";

/** Pages beside conversations and cases; loaded when somebody opens one. */
export const isOffice = (page: Page): boolean => page !== "talks" && page !== "cases";
