// What belongs to messages, between the client and matrix-js-sdk: both put the same together.
import assert from "node:assert/strict";
import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { EventItem, LiveRoom, LiveTimeline } from "../src/index.js";
import type { Peer } from "./jssdk.js";
import { until } from "./until.js";

type World = { peer: Peer; roomId: string; room: LiveRoom };

export async function together({ peer, roomId, room }: World): Promise<void> {
  const timeline = room.timeline();
  await timeline.ready;
  /** both waits until the client and the peer show something of an event. */
  const both = async (id: string, mine: (event: EventItem) => unknown, theirs: (event: MatrixEvent, known: Room) => unknown) => {
    await shown(timeline, id, mine);
    await peer.room(roomId, (known) => Boolean(known.findEventById(id) && theirs(known.findEventById(id) as MatrixEvent, known)));
  };
  const send = async (type: string, content: object) => (await peer.sdk.sendEvent(roomId, type as never, content as never)).event_id;

  const message = await room.send.text("tea?");
  await until(timeline, (items) => items.some((item) => item.key === message.key));
  await timeline.react(message.key, "👍"); // whether it has an id yet or not
  await timeline.react(message.key, "👎");
  await timeline.edit(message.key, "coffee?", { html: "<b>coffee?</b>", mentions: { users: [peer.id] } });
  const id = await message.sent;
  const counts = (event: EventItem) => (event.reactions ?? []).map(({ key, count, own }) => `${key}${count}${own ? "+" : ""}`).sort().join();
  await both(id, (event) => counts(event) === "👍1+,👎1+", (_, known) => annotations(known, id) === "👍1,👎1");
  await both(id, (event) => event.edited?.id && body(event) === "coffee?", (event) => event.getContent()["body"] === "coffee?");
  const edit = (await peer.room(roomId)).findEventById(id)?.replacingEvent();
  assert.deepEqual(edit?.getWireContent()["m.mentions"], { user_ids: [peer.id] });

  await send("m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: id, key: "👍" } });
  await timeline.unreact(message.key, "👎");
  await both(id, (event) => counts(event) === "👍2+", (_, known) => annotations(known, id) === "👍2");

  const question = await send("m.room.message", { msgtype: "m.text", body: "biscuits?" });
  const asked = await shown(timeline, question, () => true);
  const reply = await (await timeline.send.text("yes", { replyTo: asked })).sent;
  await both(reply, (event) => event.replyTo?.preview?.body === "biscuits?", (event) => event.replyEventId === question);
  assert.deepEqual((await peer.room(roomId)).findEventById(reply)?.getContent()["m.mentions"], { user_ids: [peer.id] });

  await thread({ peer, roomId, room }, timeline, id);
  await poll({ peer, roomId, room }, timeline, both);

  await timeline.redact(message.key, { reason: "spilled" });
  await both(id, (event) => event.redacted && !event.removing && !event.reactions, (event) => event.isRedacted());
  timeline.close();
}

async function thread({ peer, roomId, room }: World, main: LiveTimeline, root: string): Promise<void> {
  const inside = room.timeline({ thread: root });
  await until(inside, (items) => items.some((item) => item.event?.id === root));
  const first = await (await inside.send.text("a word aside")).sent;
  await peer.room(roomId, (known) => known.findEventById(first)?.threadRootId === root);
  await shown(inside, first, () => true);
  const second = await (await inside.send.emote("whispers")).sent;
  await shown(inside, second, (event) => event.threadId === root);
  const known = await peer.room(roomId, (one) => one.findEventById(second) !== undefined);
  const relation = known.findEventById(second)?.getWireContent()["m.relates_to"];
  assert.deepEqual(relation, { rel_type: "m.thread", event_id: root, is_falling_back: true, "m.in_reply_to": { event_id: first } });
  await shown(main, root, (event) => event.thread?.count === 2 && event.thread.participated);
  assert.equal(main.getSnapshot().some((item) => item.event?.id === first), false, "a thread is not in the room's timeline");
  inside.close();
}

type Both = (id: string, mine: (event: EventItem) => unknown, theirs: (event: MatrixEvent, known: Room) => unknown) => Promise<void>;

async function poll({ peer, roomId, room }: World, timeline: LiveTimeline, both: Both): Promise<void> {
  const started = await room.send.poll("Where?", ["Here", "There"], { maxSelections: 1 });
  await until(timeline, (items) => items.some((item) => item.key === started.key));
  const changed = await timeline.vote(started.key, ["2"]);
  const id = await started.sent;
  await changed.sent;
  await new Promise((resolve) => setTimeout(resolve, 5)); // of two votes at one millisecond nobody can say which is the last
  await timeline.vote(started.key, ["1"]);
  await peer.room(roomId, (known) => known.polls.has(id));
  const relation = { rel_type: "m.reference", event_id: id };
  await peer.sdk.sendEvent(roomId, "org.matrix.msc3381.poll.response" as never, { "org.matrix.msc3381.poll.response": { answers: ["1"] }, "m.relates_to": relation } as never);
  const votes = (event: EventItem) => event.poll?.answers.map((answer) => `${answer.votes}${answer.own ? "+" : ""}${answer.winner ? "!" : ""}`).join();
  await shown(timeline, id, (event) => votes(event) === "2+,0" && event.poll?.voters === 2);
  await timeline.endPoll(started.key);
  await both(id, (event) => event.poll?.ended && votes(event) === "2+!,0", (_, known) => known.polls.get(id)?.isEnded);
  const answers = await (await peer.room(roomId)).polls.get(id)?.getResponses();
  const inOrder = answers?.getRelations().sort((a, b) => a.getTs() - b.getTs()) ?? [];
  const last = new Map(inOrder.map((event) => [event.getSender(), event.getContent()["org.matrix.msc3381.poll.response"].answers]));
  assert.deepEqual([...last.values()], [["1"], ["1"]]);
}

async function shown(timeline: LiveTimeline, id: string, is: (event: EventItem) => unknown) {
  const find = () => timeline.getSnapshot().find((item) => item.event?.id === id);
  await until(timeline, () => {
    const event = find()?.event;
    return event !== undefined && Boolean(is(event));
  });
  return find();
}

const body = (event: EventItem): unknown => (event.content as { body?: unknown }).body;

/** annotations says what matrix-js-sdk counts. */
function annotations(known: Room, id: string): string {
  const found = known.relations.getChildEventsForEvent(id, "m.annotation", "m.reaction")?.getSortedAnnotationsByKey() ?? [];
  return found.map(([key, events]) => `${key}${events.size}`).filter((one) => !one.endsWith("0")).sort().join();
}
