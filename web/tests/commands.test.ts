import { describe, expect, it } from "vitest";
import { fits, initials, ranked } from "../console/src/initials";
import { actionOf, switchKeys } from "../console/src/shortcuts";

const press = (key: string, more: Partial<KeyboardEvent> = {}): Parameters<typeof actionOf>[0] => ({ key, code: `Key${key.toUpperCase()}`, keyCode: 0, repeat: false, isComposing: false, ctrlKey: false, metaKey: false, altKey: false, target: null, ...more });

describe("the keys of the desk", () => {
  it("are not those held down nor those of an input method", () => {
    expect(actionOf(press("x"))).toBe("close");
    expect(actionOf(press("x", { repeat: true }))).toBeNull();
    expect(actionOf(press("x", { isComposing: true }))).toBeNull();
    expect(actionOf(press("Process", { code: "KeyX", keyCode: 229, altKey: true }))).toBeNull();
  });
  it("leave the browser its own, but for the palette", () => {
    expect(actionOf(press("x", { ctrlKey: true }))).toBeNull();
    expect(actionOf(press("k", { ctrlKey: true }))).toBe("palette");
    expect(actionOf(press("k", { metaKey: true }))).toBe("palette");
  });
  it("can be switched off, all but the palette", () => {
    switchKeys(false);
    expect(actionOf(press("x"))).toBeNull();
    expect(actionOf(press("x", { altKey: true }))).toBeNull();
    expect(actionOf(press("k", { ctrlKey: true }))).toBe("palette");
    switchKeys(true);
    expect(actionOf(press("x"))).toBe("close");
  });
});

describe("finding by words or by pinyin initials", () => {
  it("reads the initials of common words", () => {
    expect(initials("接入当前查看的会话")).toBe("jrdqckdhh");
    expect(initials("退换货运费险 A1")).toBe("thhyfx a1");
  });
  it("puts words before initials and beginnings before middles", () => {
    expect(fits("退回队列", "退回")).toBeGreaterThan(fits("退回队列", "thdl"));
    expect(fits("退回队列", "thdl")).toBeGreaterThan(fits("已退回队列", "thdl"));
    expect(fits("退回队列", "zz")).toBe(0);
    expect(ranked(["已退回", "退回队列", "转接"], "退回", (one) => [one])).toEqual(["退回队列", "已退回"]);
    expect(ranked(["a", "b"], " ", (one) => [one])).toEqual(["a", "b"]);
  });
});
