import type { EventID, EventItem, LiveTimeline, NotificationLevel, TimelineItem } from "../../../js/src/index.js";
import type { Session } from "./alcove-session.js";
import { until } from "./lines.js";
import type { Line, Place, Poll, View } from "./shown.js";
import { sorted } from "./shown.js";

type In = { readonly room: string };
type At = In & { readonly event: string };

/** relationCommands are about what messages have to do with each other. */
export function relationCommands(session: Session) {
  const at = ({ room, event }: At) => find(session, room, event);
  return {
    say: async ({ room, text, in: { thread, answers, mentions } }: In & { text: string; in: Place }) => {
      const replyTo = answers ? (await find(session, room, answers)).item : undefined;
      return (await (await joined(session, room, thread)).send.text(text, { replyTo, ...mentioning(mentions) })).sent;
    },
    edit: async ({ text, mentions, ...which }: At & { text: string; mentions: string }) => {
      const { timeline, item } = await at(which);
      return (await timeline.edit(item.key, text, mentioning(mentions))).sent;
    },
    react: async ({ key, ...which }: At & { key: string }) => {
      const { timeline, item } = await at(which);
      await (await timeline.react(item.key, key)).sent;
    },
    unreact: async ({ key, ...which }: At & { key: string }) => {
      const { timeline, item } = await at(which);
      const own = () => event(timeline, item.key)?.reactions?.find((one) => one.key === key)?.own;
      await until(() => own()?.id);
      await timeline.unreact(item.key, key);
      await until(() => !own());
    },
    redact: async ({ room, event }: At) => {
      const content = { redacts: event };
      await (await session.timeline(room).send.event("m.room.redaction", content)).sent;
    },
    ask: async ({ room, question, answers, most }: In & { question: string; answers: string[]; most: number }) =>
      (await (await joined(session, room)).send.poll(question, answers, { maxSelections: most })).sent,
    vote: async ({ room, poll, answers }: In & { poll: string; answers: string[] }) => {
      const { timeline, item } = await find(session, room, poll);
      const ids = item.event?.poll?.answers.filter(({ text }) => answers.includes(text)).map(({ id }) => id) ?? [];
      await (await timeline.vote(item.key, ids)).sent;
    },
    endPoll: async ({ room, poll }: In & { poll: string }) => {
      const { timeline, item } = await find(session, room, poll);
      await (await timeline.endPoll(item.key)).sent;
    },
    view: ({ room }: In) => view(session, room),
    unread: async ({ room }: In) => {
      const { unread, highlights } = await until(() => session.room(room).getSnapshot()?.room);
      return { count: unread, highlights };
    },
    markRead: async ({ room, thread, last }: In & { thread: string; last: string }) => {
      await find(session, room, last);
      await session.room(room).markRead(thread ? { thread } : {});
    },
    notify: ({ room, level }: In & { level: NotificationLevel }) => session.room(room).setNotifications(level),
    keyword: ({ word }: { word: string }) => session.client.notifications.addKeyword(word),
  };
}

const mentioning = (user?: string) => (user ? { mentions: { users: [user as never] } } : {});

/** joined waits for a room that a request of the script's own made or joined: a sync has yet to tell of it. */
async function joined(session: Session, room: string, thread?: string): Promise<LiveTimeline> {
  await until(() => session.room(room).getSnapshot()?.room.membership === "join");
  return session.timeline(room, thread);
}

type Found = { readonly timeline: LiveTimeline; readonly item: TimelineItem };

/** find waits for an event to be shown, in the room or in one of its threads. */
function find(session: Session, room: string, id: string): Promise<Found> {
  return until(async () => {
    for (const timeline of await timelines(session, room)) {
      const item = timeline.getSnapshot().find(({ event }) => event?.id === id);
      if (item) return { timeline, item };
    }
    return undefined;
  });
}

const event = (timeline: LiveTimeline, key: string) => timeline.getSnapshot().find((item) => item.key === key)?.event;

/** timelines are those of the room and of its threads, from their beginnings. */
async function timelines(session: Session, room: string): Promise<readonly LiveTimeline[]> {
  const main = await whole(session.timeline(room));
  const roots = main.getSnapshot().flatMap(({ event }) => (event?.thread && event.id ? [event.id] : []));
  return [main, ...(await Promise.all(roots.map((root) => whole(session.timeline(room, root)))))];
}

async function whole(timeline: LiveTimeline): Promise<LiveTimeline> {
  while (!(await timeline.paginate("back", 100)).start);
  return timeline;
}

async function view(session: Session, room: string): Promise<View> {
  const [main, ...threads] = await timelines(session, room);
  const byRoot = threads.map((thread) => lines(thread)).map(([root, ...rest]) => [root?.event ?? "", rest] as const);
  return { room: main ? lines(main) : [], threads: Object.fromEntries(byRoot.filter(([, rest]) => rest.length > 0)) };
}

function lines(timeline: LiveTimeline): Line[] {
  return timeline.getSnapshot().flatMap(({ event }) => (event && event.stateKey === undefined ? [line(event)] : []));
}

function line(event: EventItem): Line {
  const { id = "" as EventID, sender, content, redacted, edited, replyTo, reactions = [], thread, poll } = event;
  const { body = "" } = content as { body?: string };
  const text = event.crypto && event.crypto.state !== "decrypted" ? `(${event.crypto.state})` : (poll?.question ?? body);
  return {
    event: id,
    sender: sender.id,
    text: redacted ? "" : text,
    redacted: redacted ?? false,
    edited: edited !== undefined,
    answers: replyTo?.id ?? "",
    reactions: Object.fromEntries(reactions.map(({ key, by }) => [key, sorted(by.map((one) => one.id))])),
    ...(thread ? { thread: { count: thread.count, latest: thread.latest?.eventId ?? "", own: thread.participated ?? false } } : {}),
    ...(poll ? { poll: results(poll) } : {}),
  };
}

function results({ answers, voters, ended = false }: NonNullable<EventItem["poll"]>): Poll {
  const votes = Object.fromEntries(answers.map(({ text, votes }) => [text, votes]));
  return { votes, voters, own: sorted(answers.filter(({ own }) => own).map(({ text }) => text)), ended };
}
