import { describe, expect, it } from "vitest";
import { fromField, storeDay, storeTime, toField } from "../shared/clock";
import { choices, chosen, NEVER, OWN } from "../console/src/followUp";
import { rowOfReminder } from "../console/src/rows";

const NOON = new Date("2026-11-30T04:00:00Z"); // 12:00 of the store

describe("when somebody is to come back", () => {
  it("is offered by the store's clock, only ahead of now", () => {
    expect(choices(NOON).map((one) => one.name)).toEqual(["不提醒", "1 小时后", "今天 18:00", "明天 10:00", "3 天后 10:00", "自己选"]);
    expect(choices(NOON)[3]?.value).toBe("2026-12-01T02:00:00.000Z");
    expect(choices(new Date("2026-11-30T09:30:00Z")).map((one) => one.name)).not.toContain("今天 18:00");
  });
  it("is one moment, none, or says why it cannot be", () => {
    expect(chosen(NEVER, "", NOON)).toEqual({ at: null, wrong: "" });
    expect(chosen(OWN, "2026-12-02T09:15", NOON).at).toBe("2026-12-02T01:15:00.000Z");
    expect(chosen(OWN, "", NOON).wrong).toContain("请选");
    expect(chosen(OWN, "2026-11-30T11:00", NOON).wrong).toContain("已经过了");
    expect(chosen(OWN, "2027-11-30T11:00", NOON).wrong).toContain("90 天");
  });
  it("goes through a field and back, over the ends of months too", () => {
    expect(storeDay(2, 10, NOON).toISOString()).toBe("2026-12-02T02:00:00.000Z");
    expect(storeTime(2026, 12, 32, 0).toISOString()).toBe("2026-12-31T16:00:00.000Z");
    expect(toField(NOON)).toBe("2026-11-30T12:00");
    expect(fromField(toField(NOON))).toEqual(NOON);
    expect(fromField("30.11.")).toBeNull();
  });
});

describe("a line of what was promised", () => {
  const one = { id: "r_1", case_no: "CS1", conversation_id: "c_aaaa1111", words: "回电", due_at: "2026-11-30T05:00:00Z", customer: null, order_no: "202611010003", item: "扫地机器人", category: null, level: "I" as const };
  it("says who, what and when, and that it is overdue", () => {
    const row = rowOfReminder(one, NOON.getTime());
    expect([row.name, row.words, row.about, row.order, row.clock?.text]).toEqual(["访客 1111", "回电", "扫地机器人", "0003", "剩 1小时0分"]);
    const late = rowOfReminder(one, Date.parse("2026-11-30T05:10:00Z")).clock;
    expect([late?.text, late?.step]).toEqual(["超 10:00", "over"]);
    expect(rowOfReminder({ ...one, due_at: "2026-12-05T02:00:00Z" }, NOON.getTime()).clock?.text).toBe("12月5日 10:00");
  });
});
