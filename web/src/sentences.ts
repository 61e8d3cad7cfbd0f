// Says in words what an event did: membership and state changes, previews in
// the room list, room names.
import type { Change, EventItem, Person, Preview, Room } from "alcove";
import { readContent } from "./content.js";
import { sayFailure } from "./crypto.js";
import { t } from "./messages.js";

type Said = (by: string, change: Change) => string;

const target = (change: Change, fallback: string) => change.target?.name ?? fallback;
/** The values come from other people's events: "constructor" is not one of ours. */
const rule = (name = "") => (Object.hasOwn(t.state.rules, name) ? t.state.rules[name] ?? name : name);

const sayings: Readonly<Record<Change["kind"], Said>> = {
  joined: (by, c) => t.state.joined(target(c, by)),
  left: (by, c) => t.state.left(target(c, by)),
  invited: (by, c) => t.state.invited(by, target(c, "")),
  inviteRejected: (by, c) => t.state.inviteRejected(target(c, by)),
  inviteRevoked: (by, c) => t.state.inviteRevoked(by, target(c, "")),
  knocked: (by, c) => t.state.knocked(target(c, by)),
  knockRetracted: (by, c) => t.state.knockRetracted(target(c, by)),
  knockDenied: (by, c) => t.state.knockDenied(by, target(c, "")),
  kicked: (by, c) => t.state.kicked(by, target(c, "")),
  banned: (by, c) => t.state.banned(by, target(c, "")),
  unbanned: (by, c) => t.state.unbanned(by, target(c, "")),
  profileName: (by, c) => renamed(by, c),
  profileAvatar: (by, c) => t.state.profileAvatar(target(c, by)),
  noChange: (by, c) => t.state.noChange(target(c, by)),
  created: (by) => t.state.created(by),
  roomName: (by, c) => (c.after ? t.state.roomName(by, c.after) : t.state.roomNameRemoved(by)),
  roomTopic: (by, c) => (c.after ? t.state.roomTopic(by, c.after) : t.state.roomTopicRemoved(by)),
  roomAvatar: (by) => t.state.roomAvatar(by),
  alias: (by, c) => (c.after ? t.state.alias(by, c.after) : t.state.aliasRemoved(by)),
  encryption: (by) => t.state.encryption(by),
  joinRules: (by, c) => t.state.joinRules(by, rule(c.after)),
  historyVisibility: (by, c) => t.state.history(by, rule(c.after)),
  guestAccess: (by, c) => t.state.guestAccess(by, rule(c.after)),
  powerLevels: (by) => t.state.powerLevels(by),
  pinned: (by) => t.state.pinned(by),
  upgraded: (by) => t.state.upgraded(by),
  serverACL: (by) => t.state.serverACL(by),
  otherState: (by) => t.state.other(by),
};

function renamed(by: string, change: Change): string {
  if (change.before && change.after) return t.state.profileName(change.before, change.after);
  if (change.after) return t.state.profileNameSet(change.after);
  return t.state.profileNameRemoved(change.before ?? by);
}

/** A sentence about a membership or state event. */
export function sayChange(sender: Person, change: Change): string {
  // A core newer than this UI may know more kinds.
  const say = Object.hasOwn(sayings, change.kind) ? sayings[change.kind] : sayings.otherState;
  const sentence = say(sender.name, change);
  return change.reason ? t.state.because(sentence, change.reason) : sentence;
}

/** The room's name in the user's language. */
export function roomName(room: Pick<Room, "name" | "named">): string {
  const { name, named } = room;
  if (!name) return t.roomName.empty;
  if (named.left) return t.roomName.was(name);
  return named.others ? t.roomName.others(name, named.others) : name;
}

/** The second line of a room in the list. */
export function sayPreview(preview: Preview, room: Room, own: string | undefined): string {
  const body = sayBody(preview.type, preview.msgType, preview.body ?? "");
  if (preview.msgType === "m.emote") return `${preview.sender.name} ${body}`;
  if (preview.sender.id === own) return t.rooms.previewSelf(body);
  return room.direct ? body : t.rooms.preview(preview.sender.name, body);
}

const byMsgType: Readonly<Record<string, (name: string) => string>> = {
  "m.image": t.timeline.image,
  "m.video": t.timeline.video,
  "m.audio": t.timeline.audio,
  "m.file": t.timeline.file,
  "m.location": t.timeline.location,
};

/** A request to verify is a message to clients that know nothing of that; its text is for their users. */
export const asksToVerify = ({ type, content }: EventItem): boolean =>
  type === "m.room.message" && textOf(content).msgType === "m.key.verification.request";

/** One line for a message of any type. */
export function sayBody(type: string, msgType: string | undefined, body: string): string {
  if (type === "m.room.encrypted") return t.timeline.encrypted;
  if (type === "m.sticker") return t.timeline.sticker(body);
  if (type.endsWith("poll.start")) return t.timeline.poll(body);
  if (msgType === "m.key.verification.request") return t.encryption.timeline.verification;
  if (type !== "m.room.message") return body || t.timeline.other(type);
  const say = Object.hasOwn(byMsgType, msgType ?? "") ? byMsgType[msgType ?? ""] : undefined;
  return say ? say(body) : body.replace(/\s+/g, " ");
}

const callSayings: Readonly<Record<string, (by: string) => string>> = {
  "m.call.invite": t.message.call.started,
  "m.call.answer": t.message.call.answered,
  "m.call.reject": t.message.call.declined,
  "m.call.hangup": t.message.call.ended,
};

/** Whether an event is worth a line of what is known of a call. */
export const isCall = ({ type, crypto }: EventItem): boolean => Object.hasOwn(callSayings, type) && crypto?.state !== "failed";

/** One line for an event, as it is announced to a screen reader. */
export function sayEvent(event: EventItem): string {
  if (event.redacted) return t.timeline.redacted;
  if (event.change) return sayChange(event.sender, event.change);
  if (isCall(event)) return (callSayings[event.type] ?? t.message.call.ended)(event.sender.name);
  if (event.crypto?.state === "failed") return sayFailure(event.crypto);
  const content = readContent(event);
  const body = content.kind === "media" ? (content.caption?.body ?? content.name) : content.body;
  return sayBody(event.type, textOf(event.content).msgType, body);
}

/** Reads a message's content, which may be anything at all. */
export function textOf(content: unknown): { msgType?: string; body: string; formatted: boolean } {
  if (typeof content !== "object" || content === null) return { body: "", formatted: false };
  const { msgtype, body, formatted_body: html } = content as Record<string, unknown>;
  const text = { body: typeof body === "string" ? body : "", formatted: typeof html === "string" };
  return typeof msgtype === "string" ? { ...text, msgType: msgtype } : text;
}
