/** The customer's HTTP calls. Each throws a Failure. */
import type { Ack, LogAnswer, OutgoingMessage } from "../../shared/protocol";
import { Failure, offline, request } from "../../shared/wire/failure";
import type { ShopOrder } from "../loader/host";
import type { Credentials } from "./credentials";

/** Busy servers are asked again by themselves; what is wrong with the file a person must change. */
function refusedUpload(xhr: XMLHttpRequest, error: { code?: string; message?: string }): Failure {
  const { status } = xhr;
  const kind = status === 401 || status === 404 ? "unauthorized" : status === 429 || status >= 500 ? "later" : "refused";
  return new Failure(kind, error.message ?? "文件没有传上去，请再试一次", error.code ?? "", Number(xhr.getResponseHeader("Retry-After") ?? 0) || 0, status);
}

export class CustomerApi {
  constructor(private readonly origin: string) {}

  get socketUrl(): string {
    return this.origin.replace(/^http/, "ws") + "/api/v1/ws";
  }

  async create(identity: string, about: Record<string, string>): Promise<Credentials> {
    const page = { url: location.origin + location.pathname, title: document.title.slice(0, 200), ...about };
    const response = await request(this.origin + "/api/v1/conversations", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(identity ? { identity, page } : { page }),
    });
    return (await response.json()) as Credentials;
  }

  async log(who: Credentials, after: number, wait: number, signal?: AbortSignal): Promise<LogAnswer> {
    const path = `/log?after=${after}&wait=${wait}`;
    return (await (await this.call(who, path, { method: "GET" }, (wait + 10) * 1000, signal)).json()) as LogAnswer;
  }

  async send(who: Credentials, message: OutgoingMessage): Promise<Ack> {
    const answer = (await (await this.post(who, "/messages", message)).json()) as { seq: number };
    return { client_msg_id: message.client_msg_id, seq: answer.seq };
  }

  async orders(who: Credentials): Promise<ShopOrder[]> {
    return ((await (await this.call(who, "/orders", { method: "GET" })).json()) as { items: ShopOrder[] }).items;
  }

  async read(who: Credentials, seq: number): Promise<void> { await this.post(who, "/read", { seq }); }
  async human(who: Credentials): Promise<void> { await this.post(who, "/human", {}); }
  async leaveQueue(who: Credentials): Promise<void> { await this.post(who, "/leave-queue", {}); }

  async rate(who: Credentials, score: number, reasons: string[], text: string): Promise<void> {
    await this.post(who, "/rating", { score, reasons, text });
  }

  /** The file of an upload as a blob address, for when the signed address of an item has run out. */
  async file(who: Credentials, uploadId: string): Promise<string> {
    const headers = { Authorization: `Bearer ${who.token}` };
    const response = await request(`${this.origin}/api/v1/uploads/${encodeURIComponent(uploadId)}`, { headers }, 60_000);
    return URL.createObjectURL(await response.blob());
  }

  /** XMLHttpRequest, because fetch cannot tell the progress of an upload. */
  upload(who: Credentials, file: Blob, name: string, progress: (share: number) => void, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.open("POST", this.url(who, "/uploads"));
      xhr.setRequestHeader("Authorization", `Bearer ${who.token}`);
      xhr.responseType = "json";
      xhr.timeout = 180_000;
      xhr.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
      xhr.onerror = () => { reject(offline("网络中断，文件没有传完")); };
      xhr.ontimeout = () => { reject(offline("网络太慢，文件没有传完")); };
      xhr.onload = () => {
        const body = xhr.response as { upload_id?: string; error?: { code?: string; message?: string } } | null;
        if (xhr.status < 300 && body?.upload_id) resolve(body.upload_id);
        else reject(refusedUpload(xhr, body?.error ?? {}));
      };
      signal.addEventListener("abort", () => { xhr.abort(); });
      xhr.onabort = () => { reject(offline("已取消")); };
      const form = new FormData();
      form.append("file", file, name);
      xhr.send(form);
    });
  }

  private url(who: Credentials, path: string): string {
    return `${this.origin}/api/v1/conversations/${encodeURIComponent(who.conversation_id)}${path}`;
  }

  private call(who: Credentials, path: string, init: RequestInit, limit?: number, signal?: AbortSignal): Promise<Response> {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${who.token}` };
    return request(this.url(who, path), { ...init, headers }, limit, signal);
  }

  private post(who: Credentials, path: string, body: unknown): Promise<Response> {
    return this.call(who, path, { method: "POST", body: JSON.stringify(body) });
  }
}
