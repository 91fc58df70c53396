import { describe, expect, it } from "vitest";
import { setNames } from "../console/src/labels";
import type { HandoffRecord } from "../console/src/model";
import { inWords, summaryOf, told } from "../console/src/summary";

const RECORD: HandoffRecord = {
  category: "return.request", demand: "退货退款",
  bot_actions: [{ summary: "退货：扫地机器人" }, { summary: "退货：扫地机器人" }],
  requests: [{ request_no: "RT000000000001", kind: "return", state: "submitted", next: "等仓库收货", due: null }],
  refunds: [{ amount: "99.00", expected_at: "2026-12-01T04:00:00Z" }],
};

setNames({ category: { "return.request": "退货申请" }, request_kind: { return: "退货" }, request_state: { submitted: "已提交" } });

describe("a service summary", () => {
  it("is begun from what the record knows, each thing once", () => {
    const summary = summaryOf(RECORD);
    expect([summary.category, summary.demand]).toEqual(["return.request", "退货退款"]);
    expect(summary.solution.split("；")[0]).toBe("退货：扫地机器人");
    expect(summary.solution).toContain("RT000000000001");
    expect(summary.follow_up).toContain("等仓库收货");
    expect(summary.follow_up).toContain("¥99.00");
  });
  it("says nothing that is not known, and sends nothing empty", () => {
    expect(summaryOf(null)).toEqual({ category: "", demand: "", solution: "", follow_up: "" });
    expect(told({ category: "", demand: " 退货 ", solution: " ", follow_up: "" })).toEqual({ demand: "退货" });
  });
  it("is read as sentences, whatever came", () => {
    expect(inWords({ demand: "退货", follow_up: "周三上门" })).toBe("诉求：退货\n后续跟进：周三上门");
    for (const odd of [undefined, null, "x", 3, { demand: 4 }]) expect(inWords(odd)).toBe("");
  });
});
