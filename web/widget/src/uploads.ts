/** Files on their way: checked, sent with progress, retried by hand. They live as long as the page does. */
import { reactive } from "vue";
import { Failure } from "../../shared/wire/failure";
import { newId } from "../../shared/wire/id";
import { checkFile } from "./files";

export interface UploadJob {
  id: string;
  kind: "image" | "video";
  name: string;
  preview: string;
  progress: number;
  status: "sending" | "failed";
  error: string;
}

export interface UploadHooks {
  /** one sentence why a file cannot be sent at all */
  refuse(why: string): void;
  /** sends the bytes; the upload's id */
  send(file: File, progress: (share: number) => void): Promise<string>;
  sent(kind: "image" | "video", uploadId: string): void;
}

export class Uploads {
  readonly jobs = reactive<UploadJob[]>([]);
  private readonly files = new Map<string, File>();

  constructor(private readonly hooks: UploadHooks) {}

  add(files: Iterable<File>): void {
    for (const file of files) {
      const checked = checkFile(file);
      if ("error" in checked) {
        this.hooks.refuse(checked.error);
        continue;
      }
      const id = newId("u");
      const preview = checked.kind === "image" ? URL.createObjectURL(file) : "";
      this.files.set(id, file);
      this.jobs.push({ id, kind: checked.kind, name: file.name, preview, progress: 0, status: "sending", error: "" });
      void this.transfer(id);
    }
  }

  retry(id: string): void { void this.transfer(id); }

  discard(id: string): void {
    const at = this.jobs.findIndex((one) => one.id === id);
    const [job] = at < 0 ? [] : this.jobs.splice(at, 1);
    if (job?.preview) URL.revokeObjectURL(job.preview);
    this.files.delete(id);
  }

  private async transfer(id: string): Promise<void> {
    const file = this.files.get(id);
    const job = this.jobs.find((one) => one.id === id);
    if (!file || !job) return;
    Object.assign(job, { status: "sending", error: "", progress: 0 });
    try {
      const uploadId = await this.hooks.send(file, (share) => { job.progress = share; });
      if (!this.files.has(id)) return;
      this.hooks.sent(job.kind, uploadId);
      this.discard(id);
    } catch (error) {
      job.status = "failed";
      job.error = error instanceof Failure ? error.message : "文件没有传上去";
    }
  }
}
