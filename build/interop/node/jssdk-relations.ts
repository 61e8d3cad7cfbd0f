import { ConditionKind, Direction, M_POLL_KIND_DISCLOSED, MsgType, NotificationCountType, PushRuleActionName, PushRuleKind, ReceiptType } from "matrix-js-sdk";
import { RelationType, RoomEvent, TweakName } from "matrix-js-sdk";
import type { EventTimeline, ISendEventResponse, MatrixEvent, PushRuleAction, Room } from "matrix-js-sdk";
import { PollEndEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollEndEvent.js";
import { PollResponseEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollResponseEvent.js";
import { PollStartEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js";
import type { Session } from "./jssdk-session.js";
import { until } from "./lines.js";
import { chain, view } from "./jssdk-view.js";
import type { Place } from "./shown.js";

type Failure = Error & { readonly errcode?: string; readonly event?: MatrixEvent };
type In = { readonly room: string };
type At = In & { readonly event: string };

/** relationCommands are about what messages have to do with each other. */
export function relationCommands(session: Session) {
  const send = async (room: string, type: string, content: object, thread?: string) => {
    const known = await joined(session, room);
    if (thread) await open(known, thread);
    return sent(known, (txn) => session.client.sendEvent(room, thread ?? null, type as never, content as never, txn));
  };
  const redact = async (room: string, event: string) => {
    await sent(await joined(session, room), (txn) => session.client.redactEvent(room, event, txn));
  };
  return {
    say: async ({ room, text, in: { thread, answers, mentions } }: In & { text: string; in: Place }) => {
      const relation = answers ? { "m.relates_to": { "m.in_reply_to": { event_id: answers } } } : {};
      return send(room, "m.room.message", { msgtype: MsgType.Text, body: text, "m.mentions": mentions ? { user_ids: [mentions] } : {}, ...relation }, thread);
    },
    edit: ({ room, event, text, mentions }: At & { text: string; mentions: string }) => {
      const anew = { msgtype: MsgType.Text, body: text, "m.mentions": mentions ? { user_ids: [mentions] } : {} };
      const relation = { rel_type: RelationType.Replace, event_id: event };
      return send(room, "m.room.message", { ...anew, body: `* ${text}`, "m.new_content": anew, "m.relates_to": relation });
    },
    react: async ({ room, event, key }: At & { key: string }) => {
      const relation = { rel_type: RelationType.Annotation, event_id: event, key };
      await send(room, "m.reaction", { "m.relates_to": relation }).catch((error: Failure) => {
        if (error.errcode !== "M_DUPLICATE_ANNOTATION" || !error.event) throw error;
        session.client.cancelPendingEvent(error.event); // or else nothing is sent after it
      });
    },
    unreact: async ({ room, event, key }: At & { key: string }) => {
      const own = await until(() => reactions(session, room, event).find((one) => one.getSender() === session.me && one.getRelation()?.key === key));
      await redact(room, own.getId() ?? "");
    },
    redact: ({ room, event }: At) => redact(room, event),
    ask: async ({ room, question, answers, most }: In & { question: string; answers: string[]; most: number }) => {
      const { type, content } = PollStartEvent.from(question, answers, M_POLL_KIND_DISCLOSED, most).serialize();
      return send(room, type, content);
    },
    vote: async ({ room, poll, answers }: In & { poll: string; answers: string[] }) => {
      const { pollEvent } = await until(() => session.client.getRoom(room)?.polls.get(poll));
      const ids = pollEvent.answers.filter(({ text }) => answers.includes(text)).map(({ id }) => id);
      const { type, content } = PollResponseEvent.from(ids, poll).serialize();
      await send(room, type, content);
    },
    endPoll: async ({ room, poll }: In & { poll: string }) => {
      const { type, content } = PollEndEvent.from(poll, "The end").serialize();
      await send(room, type, content);
    },
    unread: async ({ room }: In) => {
      const known = await joined(session, room);
      return { count: known.getUnreadNotificationCount(), highlights: known.getUnreadNotificationCount(NotificationCountType.Highlight) };
    },
    markRead: async ({ room, thread, last }: In & { thread: string; last: string }) => {
      const known = await joined(session, room);
      await until(() => known.findEventById(last));
      await session.client.sendReadReceipt(lastOf(known, thread) ?? null, ReceiptType.Read, !thread);
    },
    notify: ({ room, level }: In & { level: string }) => notify(session, room, level),
    keyword: async ({ word }: { word: string }) => {
      const actions = [PushRuleActionName.Notify, { set_tweak: TweakName.Highlight, value: true }] as PushRuleAction[];
      await session.client.addPushRule("global", PushRuleKind.ContentSpecific, word, { pattern: word, actions });
    },
    view: async ({ room }: In) => view(session, await whole(session, await joined(session, room))),
  };
}

function joined(session: Session, room: string): Promise<Room> {
  return until(() => {
    const known = session.client.getRoom(room);
    return known?.getMyMembership() === "join" && known;
  });
}

let sends = 0;

/** sent is the id of what is sent, also where the SDK throws because a sync brings it before the answer does. */
async function sent(room: Room, send: (txn: string) => Promise<ISendEventResponse>): Promise<string> {
  const txn = `interop ${sends++}`;
  let echo: MatrixEvent | undefined;
  const follow = (event: MatrixEvent) => {
    if (event.getTxnId() === txn) echo = event;
  };
  room.on(RoomEvent.LocalEchoUpdated, follow);
  try {
    return (await send(txn)).event_id;
  } catch (error) {
    const id = echo?.getId();
    if (echo?.status !== null || !id?.startsWith("$")) throw error;
    return id;
  } finally {
    room.off(RoomEvent.LocalEchoUpdated, follow);
  }
}

/** open begins a thread where there is none, as a user does who writes the first message of it. */
async function open(room: Room, root: string): Promise<void> {
  const event = await until(() => room.findEventById(root));
  const thread = room.getThread(root) ?? room.createThread(root, event, [], false);
  await until(() => thread.initialEventsFetched);
}

/** notify has the rules that clients agreed on for the levels of a room. */
async function notify({ client }: Session, room: string, level: string): Promise<void> {
  if (level !== "mute") await client.deletePushRule("global", PushRuleKind.Override, room).catch(ignore);
  if (level !== "mentions") await client.deletePushRule("global", PushRuleKind.RoomSpecific, room).catch(ignore);
  const conditions = [{ kind: ConditionKind.EventMatch as const, key: "room_id", pattern: room }];
  if (level === "mute") await client.addPushRule("global", PushRuleKind.Override, room, { conditions, actions: [] });
  if (level === "mentions") await client.addPushRule("global", PushRuleKind.RoomSpecific, room, { actions: [] });
}

const ignore = () => {}; // there is none

/** lastOf is the last event of a thread, of what is in none, which is "main", or of all. */
function lastOf(room: Room, thread: string): MatrixEvent | undefined {
  if (!thread) return newest(room);
  return (thread === "main" ? room.getLiveTimeline() : room.getThread(thread)?.liveTimeline)?.getEvents().at(-1);
}

/** newest is the last event of the room and its threads. */
function newest(room: Room): MatrixEvent | undefined {
  const lasts = [room.getLiveTimeline(), ...room.getThreads().map((one) => one.liveTimeline)].map((one) => one.getEvents().at(-1));
  return lasts.reduce((a, b) => ((b?.getTs() ?? 0) >= (a?.getTs() ?? 0) ? b : a), undefined);
}

function reactions(session: Session, room: string, event: string): MatrixEvent[] {
  return session.client.getRoom(room)?.relations.getChildEventsForEvent(event, RelationType.Annotation, "m.reaction")?.getRelations() ?? [];
}

/** whole loads what is before what a sync brought, also of threads. */
async function whole(session: Session, room: Room): Promise<Room> {
  await load(session, room.getLiveTimeline());
  for (const thread of room.getThreads()) {
    await until(() => thread.initialEventsFetched);
    await load(session, thread.liveTimeline);
  }
  return room;
}

async function load(session: Session, live: EventTimeline): Promise<void> {
  for (;;) {
    const first = chain(live)[0] ?? live;
    if (!first.getPaginationToken(Direction.Backward)) return;
    await session.client.paginateEventTimeline(first, { backwards: true, limit: 100 });
  }
}
