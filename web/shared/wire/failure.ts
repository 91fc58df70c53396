/**
 * One vocabulary for everything that can go wrong with a request, because what to do next depends only on this:
 * `offline` wait for the line, `later` the server is busy, `refused` a person must change something,
 * `unauthorized` the credentials are gone.
 */
export type FailureKind = "offline" | "later" | "refused" | "unauthorized";

export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly code = "",
    /** seconds the server asked us to wait */
    readonly retryAfter = 0,
    readonly status = 0,
  ) {
    super(message);
  }
}

export const offline = (message = "网络未连接"): Failure => new Failure("offline", message, "offline");

const LATER_CODES = new Set(["busy", "rate_limited", "too_many", "too_many_requests", "unavailable", "overloaded", "internal"]);

/** A nack frame as a Failure. Without a known code a `retry_after` decides whether trying again makes sense. */
export function fromNack(code: string, message: string, retryAfter: unknown): Failure {
  const wait = typeof retryAfter === "number" && retryAfter > 0 ? retryAfter : 0;
  if (code === "unauthorized") return new Failure("unauthorized", message, code);
  if (wait > 0 || LATER_CODES.has(code)) return new Failure("later", message || "服务繁忙，稍后自动重试", code, wait);
  return new Failure("refused", message || "没有发送成功", code);
}

/** An HTTP answer that is not 2xx, as a Failure with the server's own sentence where it gave one. */
export async function fromResponse(response: Response): Promise<Failure> {
  let code = "";
  let message = "";
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string } };
    code = body.error?.code ?? "";
    message = body.error?.message ?? "";
  } catch {
    // no JSON: a proxy answered; the status alone decides
  }
  const wait = Number(response.headers.get("Retry-After") ?? 0) || 0;
  const { status } = response;
  if (status === 401) return new Failure("unauthorized", message || "登录已过期", code, 0, status);
  if (status === 429 || status >= 500) return new Failure("later", message || "服务繁忙，请稍后再试", code, wait, status);
  if (status === 413) return new Failure("refused", message || "内容太大，没有发送成功", code, 0, status);
  return new Failure("refused", message || "没有成功，请稍后再试", code, 0, status);
}

/** fetch that throws Failures only, with a time limit in ms. */
export async function request(url: string, init: RequestInit, limit = 15_000, signal?: AbortSignal): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => { abort.abort(); }, limit);
  const stop = (): void => { abort.abort(); };
  signal?.addEventListener("abort", stop);
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: abort.signal });
  } catch {
    throw offline();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
  if (!response.ok) throw await fromResponse(response);
  return response;
}
