// What is sent, as Matrix writes it. Pure: from what is shown and wished to an event's content.
import type { EventID, EventItem, Json, TimelineItem, TxnID, UserID } from "./api.js";
import { AlcoveError } from "./error.js";

/** Who is to be notified. Nobody is by being named in the text alone. */
export type Mentions = { readonly users?: readonly UserID[]; readonly room?: boolean };

/** What goes with a text. */
export type TextOptions = {
  /** The message in HTML, of the tags that Matrix allows. */
  readonly html?: string | undefined;
  readonly mentions?: Mentions | undefined;
};

export type PollOptions = {
  /** Nobody sees the votes until the poll has ended. */
  readonly undisclosed?: boolean | undefined;
  /** How many answers a user may choose; 1 where absent. */
  readonly maxSelections?: number | undefined;
};

export type Content = { readonly [member: string]: Json | undefined };
export type Draft = { readonly type: string; readonly content: Content };
/** A timeline's item that is an event. */
export type Line = TimelineItem & { readonly event: EventItem };

/** Where in a room something is written. */
export type Place = {
  readonly replyTo?: Line | undefined;
  /** `latest` is what the thread shows last, for clients without threads. */
  readonly thread?: { readonly root: EventID; readonly latest?: EventID | undefined } | undefined;
};

/** lineOf is the item as an event's, which a day or a gap is not. */
export function lineOf(item: TimelineItem | undefined): Line {
  if (item?.event) return { ...item, event: item.event };
  throw new AlcoveError("send.target", "no such event in this timeline");
}

/** echoKey names an own event that may have no id yet. */
export const echoKey = (txnId: TxnID): string => `~${txnId}`;

/** target names an event. The core puts the id in the place of a key once there is one. */
export const target = (line: Line): string => line.event.id ?? line.key;

const messageType = "m.room.message";
const poll = "org.matrix.msc3381.poll"; // the prefix of MSC3381 before it is in a released spec, which is what clients write
const textKey = "org.matrix.msc1767.text";

export function message(msgtype: string, body: string, options: TextOptions, place: Place, me?: UserID): Draft {
  const { replyTo } = place;
  const users = [...(options.mentions?.users ?? []), ...(replyTo && !replyTo.event.own ? [replyTo.event.sender.id] : [])];
  const content = { msgtype, body, ...formatted(options.html), ...mentioning({ ...options.mentions, users }, me) };
  return { type: messageType, content: { ...content, ...relation(place) } };
}

/** complete gives content of a page's own what all clients are to send (FEATURES 7-08), and its place. */
export function complete(type: string, content: Json, place: Place): Json {
  if (typeof content !== "object" || content === null || Array.isArray(content)) return content;
  const mentions = type === messageType ? { "m.mentions": {} } : {};
  const added = { ...mentions, ...(type === "m.room.redaction" ? {} : relation(place)) };
  // Not read here: what throws when it is read is refused where all params are written.
  return Object.defineProperties(added, Object.getOwnPropertyDescriptors(content as object)) as Content;
}

/**
 * An edit: the whole message anew, and for clients without edits the same with
 * a star. Only who was not mentioned before is notified (FEATURES 7-08).
 */
export function edit(line: Line, body: string, options: TextOptions, me?: UserID): Draft {
  const { event } = line;
  const { type, own, redacted } = event;
  const before = object(event.content);
  if (type !== messageType || !own || redacted || !before || typeof before["msgtype"] !== "string") {
    throw new AlcoveError("send.invalid", "only own messages can be edited");
  }
  const was = mentionsOf(before);
  const answered = event.replyTo?.preview?.sender.id;
  const kept = answered && was.users.has(answered) ? [answered] : [];
  const users = [...(options.mentions?.users ?? []), ...kept];
  const room = options.mentions?.room ?? false;
  const added = { users: users.filter((user) => !was.users.has(user)), room: room && !was.room };
  const same = unedited(before, before["msgtype"]);
  const content = {
    ...same,
    body: `* ${body}`,
    ...formatted(options.html && `* ${options.html}`),
    ...mentioning(added, me),
    "m.new_content": { ...same, body, ...formatted(options.html), ...mentioning({ users, room }, me) },
    "m.relates_to": { rel_type: "m.replace", event_id: target(line) },
  };
  return { type, content };
}

const texts = ["m.text", "m.notice", "m.emote"];

/** unedited is what an edit of the text leaves: of a file all but its caption. */
function unedited(before: Content, msgtype: string): Content {
  if (texts.includes(msgtype)) return { msgtype };
  const { format: _, formatted_body: __, "m.mentions": ___, "m.relates_to": ____, "m.new_content": _____, ...rest } = before;
  return { filename: before["body"], ...rest }; // without a caption, the body was the name (spec: media captions)
}

export function reaction(line: Line, key: string): Draft {
  return { type: "m.reaction", content: { "m.relates_to": { rel_type: "m.annotation", event_id: target(line), key } } };
}

export function redaction(redacts: string, reason: string | undefined): Draft {
  return { type: "m.room.redaction", content: { redacts, ...(reason && { reason }) } };
}

/** The start of a poll. Clients show 20 answers at most (MSC3381). */
export function pollStart(question: string, answers: readonly string[], options: PollOptions, place: Place): Draft {
  if (!question.trim() || answers.length === 0 || answers.length > 20 || answers.some((answer) => !answer.trim())) {
    throw new AlcoveError("send.invalid", "a poll takes a question and 1 to 20 answers");
  }
  const type = `${poll}.start`;
  const start = {
    kind: options.undisclosed ? `${poll}.undisclosed` : `${poll}.disclosed`,
    max_selections: Math.trunc(Math.min(Math.max(options.maxSelections ?? 1, 1), answers.length)),
    question: { [textKey]: question },
    answers: answers.map((answer, n) => ({ id: `${n + 1}`, [textKey]: answer })),
  };
  const fallback = [question, ...answers.map((answer, n) => `${n + 1}. ${answer}`)].join("\n");
  return { type, content: { [textKey]: fallback, [type]: start, "m.mentions": {}, ...relation(place) } };
}

export function pollResponse(line: Line, answers: readonly string[]): Draft {
  const type = `${poll}.response`;
  return { type, content: { [type]: { answers }, ...toPoll(line) } };
}

export function pollEnd(line: Line): Draft {
  const type = `${poll}.end`;
  return { type, content: { [textKey]: "The poll has ended.", [type]: {}, ...toPoll(line) } };
}

function toPoll(line: Line): Content {
  if (!line.event.poll) throw new AlcoveError("send.invalid", "this is no poll");
  return { "m.relates_to": { rel_type: "m.reference", event_id: target(line) } };
}

/** relation says what a message answers and which thread it is in (FEATURES 7-15). */
function relation({ replyTo, thread }: Place): Content {
  const reply = replyTo && { "m.in_reply_to": { event_id: target(replyTo) } };
  const root = thread?.root ?? replyTo?.event.threadId; // an answer stays in the thread of what it answers
  if (!root) return reply ? { "m.relates_to": reply } : {};
  const last = { "m.in_reply_to": { event_id: thread?.latest ?? root } };
  return { "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: !reply, ...(reply ?? last) } };
}

function formatted(html: string | undefined): Content {
  return html ? { format: "org.matrix.custom.html", formatted_body: html } : {};
}

/** Always present: its absence would mean the old way of mentioning (FEATURES 7-08). Nobody mentions themselves. */
function mentioning({ users = [], room }: Mentions, me: UserID | undefined): Content {
  const others = [...new Set(users)].filter((user) => user !== me);
  return { "m.mentions": { ...(others.length > 0 && { user_ids: others }), ...(room && { room }) } };
}

/** What an event says of mentions may be anything. */
function mentionsOf(content: Content): { users: ReadonlySet<Json>; room: boolean } {
  const mentions = object(content["m.mentions"]);
  const users = mentions?.["user_ids"];
  return { users: new Set(Array.isArray(users) ? users : []), room: mentions?.["room"] === true };
}

function object(value: Json | undefined): Content | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Content) : undefined;
}
