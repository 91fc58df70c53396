import { describe, expect, it } from "vitest";
import { filesOfPaste, fitted, prepare, sniff } from "../widget/src/files";

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (c) => c.charCodeAt(0));
const film = (brand: string): Uint8Array<ArrayBuffer> => bytes(`\0\0\0\x18ftyp${brand}`);

describe("what a file is", () => {
  it("says its first bytes, whatever name and type it has", () => {
    expect(sniff(bytes("\xff\xd8\xff\xe1"))).toBe("jpeg");
    expect(sniff(bytes("\x89PNG\r\n\x1a\n"))).toBe("png");
    expect(sniff(bytes("GIF89a"))).toBe("gif");
    expect(sniff(bytes("RIFF....WEBPVP8 "))).toBe("webp");
    expect(sniff(film("heic"))).toBe("heic");
    expect(sniff(film("mif1"))).toBe("heic");
    expect(sniff(film("avif"))).toBe("avif");
    expect(sniff(film("qt  "))).toBe("mov");
    expect(sniff(film("iso8"))).toBe("mp4");
    expect(sniff(film("hvc1"))).toBe("mp4");
    expect(sniff(bytes("\0\0\0\x08wide"))).toBe("mov");
    expect(sniff(bytes("\x1a\x45\xdf\xa3"))).toBe("webm");
    expect(sniff(bytes("%PDF-1.7"))).toBe("");
    expect(sniff(bytes(""))).toBe("");
  });

  it("is told in one sentence when it cannot be sent", async () => {
    expect(await prepare(new File([], "空.png"))).toEqual({ error: "“空.png”是空文件" });
    expect(await prepare(new File([bytes("%PDF-1.7")], "发票.pdf"))).toHaveProperty("error", expect.stringContaining("只能发送图片或视频"));
    // no decoder here, as in a browser that cannot open it
    expect(await prepare(new File([film("heic")], "IMG_1.HEIC"))).toHaveProperty("error", expect.stringContaining("HEIC"));
  });

  it("a film without a type is sent under a name that says what it is", async () => {
    expect(await prepare(new File([film("isom")], "wx_camera"))).toMatchObject({ kind: "video", name: "wx_camera.mp4" });
  });

  it("keeps the shape of a picture that is drawn smaller, a long screenshot too", () => {
    expect(fitted(8000, 6000)).toEqual({ width: 3265, height: 2449 });
    const long = fitted(1080, 24_000);
    expect(long.height).toBeLessThanOrEqual(16_000);
    expect(long.width).toBeGreaterThan(590); // still to be read
    expect(fitted(800, 600)).toEqual({ width: 800, height: 600 });
  });
});

describe("what a paste means", () => {
  const paste = (text: string, ...names: string[]): DataTransfer =>
    ({ getData: () => text, files: names.map((name) => ({ name })) }) as unknown as DataTransfer;

  it("a cell of a spreadsheet is its text, not the picture of it", () => {
    expect(filesOfPaste(paste("202611010003\t5678", "image.png"))).toBeNull();
  });
  it("a screenshot is a picture; so is a file that a file manager copied with its name", () => {
    expect(filesOfPaste(paste("", "image.png"))).toHaveLength(1);
    expect(filesOfPaste(paste("滤网.jpg", "滤网.jpg"))).toHaveLength(1);
    expect(filesOfPaste(paste("/home/wang/a.jpg\n/home/wang/b.jpg", "a.jpg", "b.jpg"))).toHaveLength(2);
  });
  it("text alone is left to the browser", () => {
    expect(filesOfPaste(paste("你好"))).toBeNull();
  });
});
