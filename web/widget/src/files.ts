/**
 * Makes a picked file ready to travel. The first bytes say what it is: names and types lie, and a file from a chat or a camera
 * often has no type at all. A picture that is too large is drawn smaller here, so that it goes through a phone's line and is not refused.
 */
import { MAX_PICTURE_BYTES, MAX_VIDEO_BYTES } from "../../shared/protocol";

export const ACCEPT_PICTURE = "image/png,image/jpeg,image/webp,image/gif";
export const ACCEPT_VIDEO = "video/mp4,video/webm,video/quicktime";

export type Kind = "jpeg" | "png" | "gif" | "webp" | "heic" | "avif" | "bmp" | "mp4" | "mov" | "webm" | "";
export type Prepared = { kind: "image" | "video"; file: Blob; name: string } | { error: string };

/** How much `sniff` wants to see. */
export const HEAD_BYTES = 64;
const SENDABLE: ReadonlySet<Kind> = new Set<Kind>(["jpeg", "png", "gif", "webp"]);
const FILMS: ReadonlySet<Kind> = new Set<Kind>(["mp4", "mov", "webm"]);
const HEIC_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);
const AVIF_BRANDS = new Set(["avif", "avis"]);
/** What travels as it is: larger files are drawn anew. */
const LIGHT_BYTES = 3 * 1024 * 1024;
/** The server's limits (docs/protocol.md, Uploads). */
const MOST_PIXELS = 25_000_000;
const MOST_SIDE = 20_000;
/** What a picture is drawn down to: a fault is still to be seen at 8 megapixels; a canvas of Safari ends at 16384 pixels. */
const GOOD_PIXELS = 8_000_000;
const CANVAS_SIDE = 16_000;

export function sniff(head: Uint8Array): Kind {
  const text = (from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "jpeg";
  if (head[0] === 0x89 && text(1, 4) === "PNG") return "png";
  if (text(0, 4) === "GIF8") return "gif";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "webp";
  if (text(0, 2) === "BM") return "bmp";
  if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3) return "webm";
  if (text(4, 8) === "ftyp") {
    const brand = text(8, 12);
    return HEIC_BRANDS.has(brand) ? "heic" : AVIF_BRANDS.has(brand) ? "avif" : brand === "qt  " ? "mov" : "mp4";
  }
  return ["moov", "mdat", "wide"].includes(text(4, 8)) ? "mov" : "";
}

/** Size of a picture that is to be drawn anew so that it has at most `pixels`. */
export function fitted(width: number, height: number, pixels = GOOD_PIXELS): { width: number; height: number } {
  const share = Math.min(1, Math.sqrt(pixels / (width * height)), CANVAS_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.floor(width * share)), height: Math.max(1, Math.floor(height * share)) };
}

/** The file to send, or one sentence why it cannot be sent. */
export async function prepare(file: File): Promise<Prepared> {
  if (file.size === 0) return { error: `“${file.name}”是空文件` };
  const kind = sniff(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  if (FILMS.has(kind)) {
    if (file.size > MAX_VIDEO_BYTES) return { error: "视频不能超过 50 MB，可以剪短一些或降低清晰度再发" };
    return { kind: "video", file, name: named(file.name, kind === "mov" ? "mov" : kind) };
  }
  if (!kind) return { error: "只能发送图片或视频（JPG、PNG、WebP、GIF、MP4、MOV、WebM）" };
  return preparePicture(file, kind);
}

async function preparePicture(file: File, kind: Kind): Promise<Prepared> {
  const drawn = await decode(file);
  const heavy = file.size > LIGHT_BYTES;
  if (!drawn) {
    if (kind === "heic") return { error: "这张照片是 HEIC 格式，浏览器打不开。请截图后发送，或在 iPhone“设置 › 相机 › 格式”里选“兼容性最佳”再拍" };
    if (!SENDABLE.has(kind) || file.size > MAX_PICTURE_BYTES) return { error: "这张图片打不开，请截图后再发" };
    return { kind: "image", file, name: named(file.name, kind) }; // the server says what is wrong with it
  }
  const { width, height } = drawn;
  const large = width * height > MOST_PIXELS || Math.max(width, height) > MOST_SIDE;
  if (SENDABLE.has(kind) && !heavy && !large) {
    drawn.close();
    return { kind: "image", file, name: named(file.name, kind) };
  }
  try {
    for (const [pixels, quality] of [[GOOD_PIXELS, 0.88], [GOOD_PIXELS, 0.7], [3_000_000, 0.7]] as const) {
      const smaller = await redraw(drawn, fitted(width, height, pixels), quality);
      if (smaller && smaller.size <= MAX_PICTURE_BYTES) return { kind: "image", file: smaller, name: named(file.name, "jpeg") };
    }
  } finally {
    drawn.close();
  }
  return SENDABLE.has(kind) && !large && file.size <= MAX_PICTURE_BYTES
    ? { kind: "image", file, name: named(file.name, kind) }
    : { error: "图片太大，没能缩小，请截图后再发" };
}

/** Upright, whatever the camera noted. */
async function decode(file: Blob): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

function redraw(from: ImageBitmap, size: { width: number; height: number }, quality: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, size);
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(null);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, size.width, size.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(from, 0, 0, size.width, size.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
}

const named = (name: string, ending: string): string => `${name.replace(/\.[^.]*$/, "") || "文件"}.${ending === "jpeg" ? "jpg" : ending}`;

/**
 * Files of a paste or null when its text is meant: a cell of a spreadsheet comes as text, as HTML and as a picture of itself.
 * A file copied in a file manager comes with its name as text.
 */
export function filesOfPaste(data: DataTransfer): File[] | null {
  const files = [...data.files];
  const text = data.getData("text/plain").trim();
  const names = new Set(files.map((file) => file.name));
  const onlyNames = text.split(/\r?\n/).every((line) => names.has(line.split(/[\\/]/).at(-1) ?? ""));
  return files.length > 0 && (!text || onlyNames) ? files : null;
}
