// Each builder against the shapes of the specification and of MSC3381.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./forjssdk.js";
import { PollEndEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollEndEvent.js";
import { PollResponseEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollResponseEvent.js";
import { PollStartEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js";
import type { EventItem, Json } from "../src/api.js";
import { complete, edit, lineOf, message, pollEnd, pollResponse, pollStart, reaction, redaction, target } from "../src/compose.js";
import type { Content, Draft, Line, Place } from "../src/compose.js";

const me = "@me:x";
const line = (event: Partial<EventItem> = {}, key = "$e"): Line => ({
  key,
  kind: "event",
  ts: 1,
  event: { id: "$e", sender: { id: "@bob:x", name: "Bob" }, type: "m.room.message", content: { msgtype: "m.text", body: "hi" }, ...event },
});
const mine = (content: Json, event: Partial<EventItem> = {}): Line => line({ own: true, sender: { id: me, name: "Me" }, content, ...event });
const refused = (call: () => unknown) => assert.throws(call, { code: "send.invalid" });

test("an event is named by its id, or by its key until it has one", () => {
  const { id: _, ...queued } = line().event;
  assert.equal(target(line()), "$e");
  assert.equal(target({ key: "~t", kind: "event", ts: 1, event: queued }), "~t");
  assert.throws(() => lineOf({ key: "day", kind: "day", ts: 1 }), { code: "send.target" });
  assert.throws(() => lineOf(undefined), { code: "send.target" });
});

test("7-08: mentions are always said, once each, and never of oneself", () => {
  const mentions = (draft: Draft) => draft.content["m.mentions"];
  assert.deepEqual(message("m.text", "hi", {}, {}, me), { type: "m.room.message", content: { msgtype: "m.text", body: "hi", "m.mentions": {} } });
  assert.deepEqual(mentions(message("m.text", "", { mentions: { users: [me, "@a:x", "@a:x"], room: true } }, {}, me)), { user_ids: ["@a:x"], room: true });
  assert.deepEqual(mentions(message("m.text", "", { mentions: { users: [me], room: false } }, {}, me)), {});
});

test("a reply mentions whom it answers, but not whom that mentioned", () => {
  const replyTo = line({ content: { body: "hi", "m.mentions": { user_ids: ["@carol:x"], room: true } } });
  assert.deepEqual(message("m.emote", "waves", { html: "<b>waves</b>", mentions: { users: ["@a:x"] } }, { replyTo }, me).content, {
    msgtype: "m.emote",
    body: "waves",
    format: "org.matrix.custom.html",
    formatted_body: "<b>waves</b>",
    "m.mentions": { user_ids: ["@a:x", "@bob:x"] },
    "m.relates_to": { "m.in_reply_to": { event_id: "$e" } },
  });
  assert.deepEqual(message("m.text", "", {}, { replyTo: mine({}) }, undefined).content["m.mentions"], {});
});

test("7-15: what is in a thread falls back to the latest there, and a real answer says so", () => {
  const relation = (place: Place) => message("m.text", "", {}, place, me).content["m.relates_to"];
  const thread = { rel_type: "m.thread", event_id: "$root" };
  const to = (id: string) => ({ "m.in_reply_to": { event_id: id } });
  assert.deepEqual(relation({ thread: { root: "$root" } }), { ...thread, is_falling_back: true, ...to("$root") });
  assert.deepEqual(relation({ thread: { root: "$root", latest: "$last" } }), { ...thread, is_falling_back: true, ...to("$last") });
  assert.deepEqual(relation({ thread: { root: "$root", latest: "$last" }, replyTo: line() }), { ...thread, is_falling_back: false, ...to("$e") });
  assert.deepEqual(relation({ replyTo: line({ threadId: "$root" }) }), { ...thread, is_falling_back: false, ...to("$e") });
  assert.equal(relation({}), undefined);
});

test("content of a page's own gets mentions and its thread where it says nothing of them", () => {
  const place: Place = { thread: { root: "$root" } };
  const thread = { "m.relates_to": { rel_type: "m.thread", event_id: "$root", is_falling_back: true, "m.in_reply_to": { event_id: "$root" } } };
  const given = { "m.mentions": { room: true }, "m.relates_to": { rel_type: "m.replace", event_id: "$e" } };
  assert.deepEqual(complete("m.room.message", { body: "" }, {}), { body: "", "m.mentions": {} });
  assert.deepEqual(complete("m.room.message", { body: "" }, place), { body: "", "m.mentions": {}, ...thread });
  assert.deepEqual(complete("m.room.message", given, place), given);
  assert.deepEqual(complete("m.sticker", {}, place), thread);
  const trap = { get body(): string { throw new Error("read too early"); } };
  assert.throws(() => JSON.stringify(complete("m.room.message", trap, place)), /too early/);
  assert.deepEqual(complete("m.room.redaction", { redacts: "$e" }, place), { redacts: "$e" });
  for (const wrong of [null, 7, []]) assert.deepEqual(complete("m.room.message", wrong, place), wrong);
});

test("an edit is the whole message anew, with a star for clients without edits", () => {
  const before = mine({ msgtype: "m.notice", body: "one", format: "org.matrix.custom.html", formatted_body: "<i>one</i>", "m.relates_to": { "m.in_reply_to": { event_id: "$r" } } });
  assert.deepEqual(edit(before, "two", { html: "<b>two</b>" }, me), {
    type: "m.room.message",
    content: {
      msgtype: "m.notice",
      body: "* two",
      format: "org.matrix.custom.html",
      formatted_body: "* <b>two</b>",
      "m.mentions": {},
      "m.new_content": { msgtype: "m.notice", body: "two", format: "org.matrix.custom.html", formatted_body: "<b>two</b>", "m.mentions": {} },
      "m.relates_to": { rel_type: "m.replace", event_id: "$e" },
    },
  });
  const plain = edit(before, "three", {}, me).content;
  assert.equal("formatted_body" in plain || "formatted_body" in (plain["m.new_content"] as Content), false);
});

test("7-08: an edit notifies who was not mentioned before, and says of all who are now", () => {
  const mentions = (users: Json, options: Parameters<typeof edit>[2], event: Partial<EventItem> = {}) => {
    const { content } = edit(mine({ msgtype: "m.text", body: "", "m.mentions": users }, event), "b", options, me);
    return [content["m.mentions"], (content["m.new_content"] as Content)["m.mentions"]];
  };
  assert.deepEqual(mentions({ user_ids: ["@a:x", "@b:x"] }, { mentions: { users: ["@b:x", "@c:x"] } }), [{ user_ids: ["@c:x"] }, { user_ids: ["@b:x", "@c:x"] }]);
  assert.deepEqual(mentions({ room: true }, { mentions: { room: true } }), [{}, { room: true }]);
  assert.deepEqual(mentions({ room: "true" }, { mentions: { room: true } }), [{ room: true }, { room: true }]);
  for (const wrong of [7, null, [], { user_ids: "@c:x" }]) assert.deepEqual(mentions(wrong, { mentions: { users: ["@c:x"] } })[0], { user_ids: ["@c:x"] });
  const replyTo = { id: "$r", preview: { eventId: "$r", sender: { id: "@b:x", name: "B" }, type: "m.room.message", ts: 1 } };
  assert.deepEqual(mentions({ user_ids: ["@b:x"] }, {}, { replyTo }), [{}, { user_ids: ["@b:x"] }], "who is answered stays mentioned");
  assert.deepEqual(mentions({}, {}, { replyTo }), [{}, {}]);
});

test("an edit of a caption keeps the file", () => {
  const file = { msgtype: "m.image", url: "mxc://x/y", info: { w: 1 } };
  const { content } = edit(mine({ ...file, body: "cat.png" }), "My cat", {}, me);
  assert.deepEqual(content["m.new_content"], { ...file, filename: "cat.png", body: "My cat", "m.mentions": {} });
  assert.equal(content["body"], "* My cat");
  const again = edit(mine({ ...file, filename: "cat.png", body: "My cat" }), "Our cat", {}, me);
  assert.deepEqual(again.content["m.new_content"], { ...file, filename: "cat.png", body: "Our cat", "m.mentions": {} });
});

test("only own messages that are still there can be edited", () => {
  refused(() => edit(line(), "", {}, me));
  refused(() => edit(mine({ msgtype: "m.text", body: "" }, { redacted: true }), "", {}, me));
  refused(() => edit(mine({ msgtype: "m.text", body: "" }, { type: "m.sticker" }), "", {}, me));
  for (const wrong of [null, [], {}, { msgtype: 7 }]) refused(() => edit(mine(wrong), "", {}, me));
});

test("reactions and redactions", () => {
  assert.deepEqual(reaction(line(), "👍️"), { type: "m.reaction", content: { "m.relates_to": { rel_type: "m.annotation", event_id: "$e", key: "👍️" } } });
  assert.deepEqual(redaction("~t", undefined), { type: "m.room.redaction", content: { redacts: "~t" } });
  assert.deepEqual(redaction("$e", "spam"), { type: "m.room.redaction", content: { redacts: "$e", reason: "spam" } });
});

test("B-46: matrix-js-sdk reads the polls", () => {
  type Wire = ConstructorParameters<typeof PollStartEvent>[0];
  const wire = ({ type, content }: Draft) => ({ type, content }) as unknown as Wire;
  const start = new PollStartEvent(wire(pollStart("Tea?", ["Green", "Black"], { undisclosed: true, maxSelections: 7 }, {})));
  assert.equal(start.question.text, "Tea?");
  assert.equal(start.kind.name, "org.matrix.msc3381.poll.undisclosed");
  assert.equal(start.maxSelections, 2);
  assert.deepEqual(start.answers.map(({ id, text }) => [id, text]), [["1", "Green"], ["2", "Black"]]);
  const open = new PollStartEvent(wire(pollStart("Tea?", ["Yes"], {}, {})));
  assert.deepEqual([open.kind.name, open.maxSelections], ["org.matrix.msc3381.poll.disclosed", 1]);

  const card = line({ type: "org.matrix.msc3381.poll.start", poll: { question: "Tea?", maxSelections: 1, answers: [], voters: 0 } });
  const response = new PollResponseEvent(wire(pollResponse(card, ["2"])) as unknown as ConstructorParameters<typeof PollResponseEvent>[0]);
  response.validateAgainst(start);
  assert.deepEqual([response.answerIds, response.pollEventId, response.spoiled], [["2"], "$e", false]);
  const end = new PollEndEvent(wire(pollEnd(card)) as unknown as ConstructorParameters<typeof PollEndEvent>[0]);
  assert.equal(end.pollEventId, "$e");
});

test("what is no poll is refused", () => {
  refused(() => pollStart(" ", ["a"], {}, {}));
  refused(() => pollStart("q", [], {}, {}));
  refused(() => pollStart("q", ["a", " "], {}, {}));
  refused(() => pollStart("q", Array.from({ length: 21 }, (_, n) => `${n}`), {}, {}));
  refused(() => pollResponse(line(), ["1"]));
  refused(() => pollEnd(line()));
  const { content } = pollStart("q", ["a", "b", "c"], { maxSelections: -1.5 }, { thread: { root: "$root" } });
  assert.equal((content["org.matrix.msc3381.poll.start"] as Content)["max_selections"], 1);
  assert.equal((content["m.relates_to"] as Content)["event_id"], "$root");
  assert.deepEqual(content["m.mentions"], {});
});
