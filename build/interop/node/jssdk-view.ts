import { Direction, M_POLL_START, RelationType } from "matrix-js-sdk";
import type { EventTimeline, MatrixEvent, Poll as PollModel, Room, Thread } from "matrix-js-sdk";
import { PollResponseEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollResponseEvent.js";
import type { Session } from "./jssdk-session.js";
import type { Line, Poll, View } from "./shown.js";
import { sorted } from "./shown.js";

/** view is what matrix-js-sdk has put together of a room. */
export async function view(session: Session, room: Room): Promise<View> {
  const lines = (all: readonly MatrixEvent[]) => Promise.all(all.filter(isMessage).map((event) => line(session, room, event)));
  const threads: Record<string, Line[]> = {};
  for (const thread of room.getThreads()) {
    const all = await lines(events(thread.liveTimeline).filter((event) => event.getId() !== thread.id));
    if (all.length > 0) threads[thread.id] = all;
  }
  return { room: await lines(events(room.getLiveTimeline())), threads };
}

/** chain is a timeline and those before it, oldest first: where there was a gap, another begins. */
export function chain(live: EventTimeline): EventTimeline[] {
  const before = live.getNeighbouringTimeline(Direction.Backward);
  return before ? [...chain(before), live] : [live];
}

const events = (live: EventTimeline) => chain(live).flatMap((timeline) => timeline.getEvents());

/** Says whether an event is a line of its own, which the SDK leaves to whoever shows it. */
function isMessage(event: MatrixEvent): boolean {
  if (event.isState() || event.isRelation(RelationType.Replace) || event.isRelation(RelationType.Annotation)) return false;
  return ["m.room.message", "m.room.encrypted"].includes(event.getType()) || M_POLL_START.matches(event.getType());
}

async function line(session: Session, room: Room, event: MatrixEvent): Promise<Line> {
  const id = event.getId() ?? "";
  const poll = room.polls.get(id);
  const redacted = event.isRedacted();
  const relation = event.getWireContent()["m.relates_to"] as { is_falling_back?: boolean } | undefined;
  const thread = room.getThread(id);
  return {
    event: id,
    sender: event.getSender() ?? "",
    text: redacted ? "" : (poll?.pollEvent.question.text ?? event.getContent()["body"] ?? "(undecrypted)"),
    redacted,
    edited: event.replacingEvent() !== null,
    answers: relation?.is_falling_back ? "" : (event.replyEventId ?? ""),
    reactions: redacted ? {} : reactions(room, id),
    ...(thread && thread.length > 0 ? { thread: about(session, thread) } : {}),
    ...(poll && !redacted ? { poll: await results(session, poll) } : {}),
  };
}

function reactions(room: Room, event: string): Record<string, string[]> {
  const byKey = room.relations.getChildEventsForEvent(event, RelationType.Annotation, "m.reaction")?.getSortedAnnotationsByKey() ?? [];
  const users = byKey.map(([key, events]) => [key, sorted([...events].map((one) => one.getSender() ?? ""))] as const);
  return Object.fromEntries(users.filter(([, all]) => all.length > 0));
}

/** What the server said of who takes part may be older than what the thread holds. */
function about(session: Session, thread: Thread) {
  const own = thread.hasCurrentUserParticipated || events(thread.liveTimeline).some((event) => event.getSender() === session.me);
  return { count: thread.length, latest: thread.replyToEvent?.getId() ?? "", own };
}

/** results counts the responses that a poll's model let through: the SDK leaves that to whoever shows it. */
async function results(session: Session, poll: PollModel): Promise<Poll> {
  const { answers } = poll.pollEvent;
  const latest = new Map<string, MatrixEvent>();
  for (const one of (await poll.getResponses()).getRelations()) {
    const sender = one.getSender() ?? "";
    if (one.getTs() >= (latest.get(sender)?.getTs() ?? 0)) latest.set(sender, one);
  }
  const chosen = (event: MatrixEvent | undefined) => {
    if (!event) return [];
    const { type, content } = event.getEffectiveEvent();
    const response = new PollResponseEvent({ type, content } as never);
    response.validateAgainst(poll.pollEvent);
    return answers.filter(({ id }) => response.answerIds.includes(id)).map(({ text }) => text);
  };
  const all = [...latest.values()].map(chosen).filter((texts) => texts.length > 0);
  const votes = answers.map(({ text }) => [text, all.filter((texts) => texts.includes(text)).length] as const);
  return { votes: Object.fromEntries(votes), voters: all.length, own: sorted(chosen(latest.get(session.me))), ended: poll.isEnded };
}
