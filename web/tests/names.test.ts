import { describe, expect, it } from "vitest";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { nameIn } from "../console/src/model";
import { groupMark, setNames, who } from "../console/src/labels";
import ListRow from "../console/src/ListRow.vue";
import RecordRows from "../console/src/RecordRows.vue";
import TranscriptRow from "../console/src/TranscriptRow.vue";
import { rowOf } from "../console/src/rows";
import type { LogItem } from "../shared/protocol";
import type { QueueItem } from "../console/src/model";

/** A name whose direction would turn what stands beside it, were it not isolated. */
const NAME = "עלי*";

describe("names are isolated from what stands beside them", () => {
  it("in the queue", async () => {
    const item = { conversation_id: "c", customer: NAME, waiting_since: null, deadlines: {} } as unknown as QueueItem;
    const html = await renderToString(createSSRApp(ListRow, { row: rowOf(item, "queue", 0), selected: false }));
    expect(html).toContain(`<bdi class="item-name">${NAME}</bdi>`);
  });

  it("in the transcript", async () => {
    const item = { seq: 1, at: "2026-11-29T10:00:00.000Z", sender: "customer", kind: "text", body: { text: "在吗" } } as LogItem;
    expect(await renderToString(createSSRApp(TranscriptRow, { item, name: NAME, id: "c", side: "customer", first: true }))).toContain(`<bdi>${NAME}</bdi>`);
  });

  it("in the record", async () => {
    expect(await renderToString(createSSRApp(RecordRows, { rows: [["姓名", NAME]] }))).toContain(`<bdi>${NAME}</bdi>`);
  });
});

describe("the two letters of a group in lists", () => {
  it("begin the name that the store gives it", () => {
    setNames({ group: { technical: "售后技术", online: "在线客服" } });
    expect([groupMark("technical"), groupMark("online"), groupMark(null)]).toEqual(["售后", "在线", ""]);
  });
});

describe("what a customer is called", () => {
  it("is the name, else 访客 and the end of the id, wherever it stands", () => {
    expect(who("王*", "c_aaaa1111")).toBe("王*");
    for (const none of [null, undefined, "", "访客", ["访客", null]]) expect(who(none, "c_aaaa1111")).toBe("访客 1111");
    expect(who(["访客", "王*"], "c_aaaa1111")).toBe("王*");
  });
  it("is that of the very conversation, not of one that is handled with it", () => {
    const line = { conversation_id: "c_1", customer: "王*", together: [{ conversation_id: "c_2", customer: "访客" }] } as unknown as QueueItem;
    expect([nameIn([line], "c_1"), nameIn([line], "c_2"), nameIn([line], "c_3")]).toEqual(["王*", "访客", null]);
  });
});
