import { describe, expect, it } from "vitest";
import { filled, found, namedReply, shortcut } from "../console/src/cannedReplies";
import type { Canned } from "../console/src/model";

const one = (title: string, text: string): Canned => ({ id: title, title, text, scope: "own", uses: 0, mine: true });

describe("canned replies", () => {
  it("are asked for by a slash and their name", () => {
    expect([shortcut("/道歉"), shortcut("、道歉"), shortcut("/道歉 我们"), shortcut("1/2"), shortcut("/")]).toEqual(["道歉", "道歉", "", "", ""]);
    const replies = [one("道歉信", "…"), one("道歉", "抱歉给您添麻烦了")];
    expect([namedReply(replies, "道歉")?.text, namedReply(replies, "道")?.title, namedReply(replies, "没有")]).toEqual(["抱歉给您添麻烦了", "道歉信", undefined]);
  });

  it("fill what is known and leave a gap that is seen for the rest", () => {
    expect(filled("{客户}，订单 {订单号} 由{坐席}处理", { 客户: "您", 坐席: "小林" })).toBe("您，订单 ＿＿ 由小林处理");
    expect(filled("{别的} {constructor}", {})).toBe("{别的} {constructor}");
  });

  it("are found by all words, the title first", () => {
    const replies = [one("开场", "您好，运费险这边查一下"), one("运费险", "退回后 72 小时内理赔"), one("Type-C", "补发充电线")];
    expect(found(replies, "运费险").map((each) => each.title)).toEqual(["运费险", "开场"]);
    expect(found(replies, "退回 72").map((each) => each.title)).toEqual(["运费险"]);
    expect(found(replies, "type").map((each) => each.title)).toEqual(["Type-C"]);
    expect(found(replies, "")).toHaveLength(3);
    expect(found(replies, "没有")).toEqual([]);
  });
});
