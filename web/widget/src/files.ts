/** Checks a picked file before it travels. The server checks the bytes; this only saves a useless upload. */
import { MAX_PICTURE_BYTES, MAX_VIDEO_BYTES } from "../../shared/protocol";

export const ACCEPT_PICTURE = "image/png,image/jpeg,image/webp,image/gif";
export const ACCEPT_VIDEO = "video/mp4,video/webm,video/quicktime";

/** Kind of message the file makes, or one sentence why it cannot be sent. */
export function checkFile(file: File): { kind: "image" | "video" } | { error: string } {
  if (file.size === 0) return { error: `“${file.name}”是空文件` };
  if (file.type.startsWith("image/")) {
    if (!ACCEPT_PICTURE.includes(file.type)) return { error: "图片请用 JPG、PNG、WebP 或 GIF 格式" };
    return file.size > MAX_PICTURE_BYTES ? { error: "图片不能超过 10 MB" } : { kind: "image" };
  }
  if (file.type.startsWith("video/")) {
    if (!ACCEPT_VIDEO.includes(file.type)) return { error: "视频请用 MP4、WebM 或 MOV 格式" };
    return file.size > MAX_VIDEO_BYTES ? { error: "视频不能超过 50 MB" } : { kind: "video" };
  }
  return { error: "只能发送图片或视频" };
}
