import { describe, expect, it } from "vitest";
import { mentioned, typedName, withName } from "../console/src/mentions";

const people = [{ id: "a1", name: "小陈" }, { id: "a2", name: "小陈明" }, { id: "a3", name: "周工" }, { id: "a4", name: "周工" }];

describe("@name in a note", () => {
  it.each<[string, number, string | null]>([
    ["@", 1, ""], ["请@小", 3, "小"], ["请@小陈 看", 6, null], ["没有", 2, null], ["a@b，", 4, null], ["@小陈", 1, ""],
  ])("%s at %i", (text, caret, typed) => { expect(typedName(text, caret)).toBe(typed); });
  it("puts the name where it was being typed", () => {
    expect(withName("请@小看一下", 3, "小陈")).toEqual({ text: "请@小陈 看一下", caret: 5 });
  });
  it("knows whom it means", () => {
    expect(mentioned("@小陈明 和 @周工 看下", people, new Map([["周工", "a4"]]))).toEqual(["a2", "a4"]);
    expect(mentioned("@小陈 @小陈明", people, new Map())).toEqual(["a2", "a1"]);
    expect(mentioned("小陈 a@b.cn", people, new Map())).toEqual([]);
  });
});
