import { describe, expect, it } from "vitest";
import { segments } from "../shared/text/segments";

const links = (text: string, phones = false): string[] => segments(text, phones).flatMap((part) => (part.href ? [part.href] : []));

describe("links in what people write", () => {
  it("end where the Chinese sentence goes on", () => {
    expect(links("请看https://shop.example/p/9，谢谢")).toEqual(["https://shop.example/p/9"]);
    expect(links("（https://shop.example/a(b)）")).toEqual(["https://shop.example/a(b)"]);
    expect(links("see (http://shop.example/x).")).toEqual(["http://shop.example/x"]);
    expect(links("www.shop.example/退货")).toEqual(["https://www.shop.example/"]);
  });
  it("are http only, never a name with a password before it", () => {
    expect(links("javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.example")).toEqual([]);
    expect(links("https://bank.example@evil.example/")).toEqual([]);
    expect(links("http://localhost/")).toEqual([]);
  });
  it("lose nothing of the text", () => {
    const text = "一 https://a.example/b?c=1&d=2 二 www.b.example。三";
    expect(segments(text).map((part) => part.text).join("")).toBe(text);
  });
  it("numbers to call are links where the store speaks; an order number is none", () => {
    expect(links("紧急联系：400-800-1234", true)).toEqual(["tel:4008001234"]);
    expect(links("打13800001234或021-55667788", true)).toEqual(["tel:13800001234", "tel:02155667788"]);
    expect(links("订单202611010003，单号 YT8877665544332", true)).toEqual([]);
    expect(links("400-800-1234")).toEqual([]);
  });
});

describe("direction", () => {
  it("marks that turn what follows are left out", () => {
    expect(segments("发票\u202Egpj.exe\u202C").map((part) => part.text).join("")).toBe("发票gpj.exe");
    expect(links("https://a.example/\u202Egro.elgoog")).toEqual(["https://a.example/gro.elgoog"]);
  });
  it("Arabic and Hebrew words stay as they are", () => {
    expect(segments("مرحبا שלום 你好")).toEqual([{ text: "مرحبا שלום 你好" }]);
  });
});
