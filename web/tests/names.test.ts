import { describe, expect, it } from "vitest";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { groupMark, setNames } from "../console/src/labels";
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
