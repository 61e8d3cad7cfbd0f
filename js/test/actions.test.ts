// What is done about a timeline's items, by what it asks of the core.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Actions } from "../src/actions.js";
import type { Calls, EventItem, SendParams, SendRef, SendState, TimelineItem } from "../src/api.js";
import { AlcoveError } from "../src/error.js";
import { sender } from "../src/send.js";

const me = "@me:x";
const item = (event: Partial<EventItem> = {}, key = "$e"): TimelineItem => {
  const whole: EventItem = { id: "$e", sender: { id: me, name: "Me" }, own: true, type: "m.room.message", content: { msgtype: "m.text", body: "hi" }, ...event };
  return { key, kind: "event", ts: 1, event: whole };
};
const sending = (state: SendState, txnId = "r") => ({ txnId, status: { state } });
const reacted = (own: object) => ({ reactions: [{ key: "👍", count: 1, by: [], own }] });

/** of plays with one item and tells what the core was asked. */
function of(shown: TimelineItem, refuse?: string) {
  const asked: unknown[] = [];
  const calls = {
    send: async ({ txnId, type, content }: SendParams) => {
      asked.push([type, content]);
      return { key: `~${txnId}`, txnId };
    },
    cancelSend: async ({ txnId }: SendRef) => {
      asked.push(["cancel", txnId]);
      if (refuse) throw new AlcoveError(refuse as AlcoveError["code"], "");
    },
  } as Partial<Calls> as Calls;
  const context = { calls, roomId: "!a", statusOf: () => () => () => {}, me: () => me };
  const send = sender(context);
  return { asked, send, about: new Actions({ ...context, send, items: () => [{ key: "day", kind: "day", ts: 1 }, shown] }) };
}

const redacts = (id: string) => ["m.room.redaction", { redacts: id }];
const relates = (content: unknown) => (content as Record<string, object>)["m.relates_to"] as object;

test("each action names the item", async () => {
  const poll = { question: "?", maxSelections: 1, answers: [], voters: 0 };
  const { asked, about } = of(item({ poll }));
  const handle = await about.react("$e", "👍", { txnId: "mine" });
  assert.deepEqual([handle.key, handle.txnId], ["~mine", "mine"]);
  await about.vote("$e", ["1"]);
  await about.endPoll("$e");
  await about.edit("$e", "b");
  await about.redact("$e", { reason: "spam" });
  assert.deepEqual(asked.map((one) => (one as string[])[0]), ["m.reaction", "org.matrix.msc3381.poll.response", "org.matrix.msc3381.poll.end", "m.room.message", "m.room.redaction"]);
  for (const [, content] of asked.slice(0, -1) as [string, unknown][]) assert.equal((relates(content) as { event_id: string }).event_id, "$e");
  assert.deepEqual(asked.at(-1), ["m.room.redaction", { redacts: "$e", reason: "spam" }]);
});

test("an unknown key is refused, and so is what is no event", async () => {
  const { asked, about, send } = of(item());
  for (const key of ["$none", "day"]) {
    const all = [about.react(key, "👍"), about.unreact(key, "👍"), about.edit(key, ""), about.redact(key), about.vote(key, []), about.endPoll(key)];
    for (const one of all) await assert.rejects(one, { code: "send.target" });
  }
  await assert.rejects(send.text("hi", { replyTo: { key: "day", kind: "day", ts: 1 } }), { code: "send.target" });
  await assert.rejects(send.poll("", []), { code: "send.invalid" });
  assert.deepEqual(asked, []);
});

test("what has no id yet is named by its key", async () => {
  const { id: _, ...event } = item().event as EventItem;
  const queued: TimelineItem = { key: "~t", kind: "event", ts: 1, event: { ...event, txnId: "t", send: { state: "sending" } } };
  const { asked, about, send } = of(queued, "send.started");
  await about.react("~t", "👍");
  await send.text("hi", { replyTo: queued });
  await about.redact("~t");
  assert.deepEqual(relates((asked[0] as unknown[])[1]), { rel_type: "m.annotation", event_id: "~t", key: "👍" });
  assert.deepEqual(relates((asked[1] as unknown[])[1]), { "m.in_reply_to": { event_id: "~t" } });
  assert.deepEqual(asked.slice(2), [["cancel", "t"], redacts("~t")]);
});

test("a reaction is taken back: cancelled where it waits, else redacted", async () => {
  const plays: [object, string | undefined, unknown[]][] = [
    [{ id: "$r" }, undefined, [redacts("$r")]],
    [{ send: sending("queued") }, undefined, [["cancel", "r"]]],
    [{ send: sending("sending") }, "send.started", [["cancel", "r"], redacts("~r")]],
    [{ id: "$r", send: sending("sent") }, "send.started", [["cancel", "r"], redacts("$r")]],
    [{ id: "$r", send: sending("sent") }, "send.unknown", [["cancel", "r"], redacts("$r")]],
  ];
  for (const [own, refuse, want] of plays) {
    const { asked, about } = of(item(reacted(own)), refuse);
    await about.unreact("$e", "👍");
    assert.deepEqual(asked, want);
    await about.unreact("$e", "👎");
    assert.deepEqual(asked, want, "there is no such reaction");
  }
  const { about } = of(item(reacted({ send: sending("queued") })), "storage.hung");
  await assert.rejects(about.unreact("$e", "👍"), { code: "storage.hung" });
});

test("who reacts twice has one reaction", async () => {
  const { asked, about } = of(item(reacted({ send: sending("queued") })));
  assert.equal((await about.react("$e", "👍")).txnId, "r");
  await about.react("$e", "👎");
  assert.equal(asked.length, 1);
});

test("an own message that waits is cancelled in place of being redacted", async () => {
  const plays: [Partial<EventItem>, string | undefined, unknown[], boolean][] = [
    [{ txnId: "t", send: { state: "failed" } }, undefined, [["cancel", "t"]], false],
    [{ txnId: "t", send: { state: "sent", eventId: "$e" } }, "send.started", [["cancel", "t"], redacts("$e")], true],
    [{ txnId: "t" }, undefined, [redacts("$e")], true],
    [{ removing: sending("queued") }, undefined, [], true],
  ];
  for (const [event, refuse, want, handled] of plays) {
    const { asked, about } = of(item(event), refuse);
    const handle = await about.redact("$e");
    assert.deepEqual(asked, want);
    assert.equal(handle !== undefined, handled);
  }
});
