// Makes up people, rooms and messages: always the same ones.
import type { Change, CryptoReason, EventCrypto, Member, Permissions, Person, Room, RoomDetails, TimelineItem } from "alcove";
import { query } from "./setup.js";

export const me: Person = { id: "@ada:example.org", name: "Ada Lovelace" };

/** A moment that does not move, so that pictures can be compared. */
export const now = new Date(2026, 10, 20, 15, 42).getTime();

const firstNames = ["Mira", "Jonas", "Aylin", "Theo", "Noor", "Sven", "Lucía", "Kenji", "Zofia", "Omar", "Priya", "Ewa", "李娜", "דוד", "Bjørn", "Tomás"];
const lastNames = ["Okafor", "Lindqvist", "Nakamura", "Weiss", "Haddad", "Novak", "Costa", "", "Byrne", "Kaya"];
const roomNames = ["Garden", "Book club", "Alcove development", "Release planning", "Choir", "Allotment 14", "Parents of 3b", "Chess on Thursdays", "מועדון קריאה", "Bike repair", "Night shift", "Local history", "Sourdough", "Film night", "Trip to Porto", "Office"];
const sayings = [
  "Good morning!",
  "Has anyone seen the key to the shed?",
  "I put the notes here: https://example.org/notes/2026-11?view=all#top.",
  "Yes.",
  "Let us meet at half past six, by the side door. The front one is locked on Thursdays and the bell does not reach the hall.",
  "👍",
  "That makes sense to me",
  "Could you look at (https://en.example.org/wiki/Fox_(animal)) when you have a minute?",
  "first line\nsecond line\n\n  and an indented one after a gap",
  "שלום לכולם, מישהו מגיע היום?",
  "A_very_long_word_without_any_place_to_break_it_that_goes_on_and_on_and_on_until_it_is_wider_than_any_telephone_screen_could_be",
  "I will bring bread, cheese, two kinds of olives and whatever else is left from the weekend. If someone else could take care of plates and something to drink we would be more or less complete.",
  "on my way",
  "<b>not bold</b> & not <script>alert(1)</script> either",
  "Danke, das hilft mir sehr!",
  "ok",
];

/** A small generator of numbers that only seem random. */
export function dice(seed: number): (n: number) => number {
  let state = seed * 2654435761 + 1;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % n;
  };
}

const of = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

export function person(n: number): Person {
  const name = `${of(firstNames, n)} ${of(lastNames, n * 7 + (n >> 4))}`.trim();
  return { id: `@user${n}:example.org`, name };
}

export function rooms(count: number): Room[] {
  return Array.from({ length: count }, (_, n) => room(n));
}

function room(n: number): Room {
  const roll = dice(n + 11);
  const direct = n % 5 === 3;
  const invite = n === 0;
  const other = person(n);
  const ts = now - n * 53 * 60_000 * (1 + n / 12);
  const unread = n % 4 === 1 ? 1 + roll(n % 8 === 1 ? 130 : 9) : 0;
  const id = `!room${n}:example.org`;
  const name = direct ? other.name : n < roomNames.length ? of(roomNames, n) : `${of(roomNames, n)} ${n}`;
  return {
    key: id,
    id,
    membership: invite ? (query.has("knocked") ? "knock" : "invite") : "join",
    name,
    named: { from: direct ? "members" : "name" },
    ...(direct && { direct: other.id }),
    unread: invite ? 0 : unread,
    highlights: n === 5 ? 2 : 0,
    ...(n === 8 && { markedUnread: true }),
    ...(n % 6 === 2 && { tags: [{ name: "m.favourite" }] }),
    ...(n === 7 && { encrypted: true }),
    recency: ts,
    ...(invite ? { inviter: person(4) } : { last: { sender: n % 3 ? other : me, type: "m.room.message", msgType: n === 6 ? "m.image" : "m.text", body: n === 6 ? "bread.jpg" : of(sayings, roll(sayings.length)), ts } }),
  };
}

export function details(room: Room): RoomDetails {
  return {
    room,
    topic: room.direct ? "" : "Everything about it, and what else comes up. Rules: https://example.org/rules",
    ...(room.direct ? {} : { alias: `#${room.key.slice(1, 8)}:example.org` }),
    version: query.has("admin") ? "10" : "12",
    joinRule: "invite",
    joined: room.direct ? 2 : 240,
    invited: 1,
    typing: [],
    ...(query.has("pinned") && { pinned: ["$event12", "$gone", "$event323", "$event393", "$event395"] }),
    notifications: "default",
    history: "shared",
    levels: { users: 0, events: 0, state: 50, invite: 0, kick: 50, ban: 50, redact: 50, notify: 50, types: [{ type: "m.room.name", level: 50 }, { type: "m.room.tombstone", level: 150 }] },
    can: { ...permissions, ...(query.has("admin") || room.type ? all : {}) },
  };
}

const permissions: Permissions = {
  send: true, invite: true, kick: false, ban: false, redact: false, name: true, topic: true, avatar: false, access: false, history: false, power: false,
  aliases: false, encrypt: true, pin: false, upgrade: false, children: false, notify: false, level: 50,
};
const all = { kick: true, ban: true, redact: true, avatar: true, access: true, history: true, power: true, aliases: true, pin: true, upgrade: true, children: true, notify: true, level: 100 };

export function members(room: Room): Member[] {
  const all = room.direct ? [person(Number(/\d+/.exec(room.direct)?.[0] ?? 1))] : Array.from({ length: 239 }, (_, n) => person(n));
  return [me, ...all].map((one, n) => ({
    key: one.id,
    person: one,
    membership: n === 238 ? "invite" : "join",
    power: n === 0 ? 100 : n < 3 ? 50 : 0,
    ...(n < 9 && { presence: n % 3 === 1 ? "unavailable" : n % 3 === 2 ? "offline" : "online" }),
  }));
}

/** The whole history of a room, oldest first, with its day dividers. */
export function history(count: number, seed: number): TimelineItem[] {
  const roll = dice(seed + 5);
  const items: TimelineItem[] = [{ key: "start", kind: "start" }];
  let ts = now - count * 11 * 60_000;
  let day = "";
  let speaker = 1;
  for (let n = 0; n < count; n++) {
    ts += 1 + roll(22 * 60_000);
    if (n >= count - 6) ts = now - (count - n) * 60_000;
    const date = new Date(ts).toDateString();
    if (date !== day) items.push({ key: `day ${date}`, kind: "day", ts: new Date(ts).setHours(0, 0, 0, 0) });
    day = date;
    if (roll(3) === 0) speaker = roll(9);
    if (n === count - 4) items.push({ key: "readMarker", kind: "readMarker" });
    items.push(event(n, ts, speaker === 0 ? me : person(speaker), roll, n === count - 1));
  }
  return items;
}

function event(n: number, ts: number, sender: Person, roll: (n: number) => number, last: boolean): TimelineItem {
  const receipts = last
    ? [1, 2, 3, 4, 5, 6].map((i) => ({ person: person(i), ts }))
    : roll(40) === 0 ? [{ person: person(roll(20)), ts }] : undefined;
  const base = { id: `$event${n}`, sender, own: sender === me, ...(receipts && { receipts }) };
  const item = (rest: object): TimelineItem => ({ key: `event ${n}`, kind: "event", ts, event: { ...base, type: "m.room.message", content: {}, ...rest } as NonNullable<TimelineItem["event"]> });
  const inRun = n % 60 >= 50 && n % 60 < 55;
  if (inRun || n % 37 === 5) return item({ type: "m.room.member", stateKey: sender.id, change: change(n, sender) });
  const kind = roll(60);
  if (kind === 1) return item({ content: { msgtype: "m.image", body: "harvest.jpg" } });
  if (kind === 2) return item({ content: { msgtype: "m.file", body: "minutes of the meeting.pdf" } });
  if (kind === 3) return item({ content: { msgtype: "m.emote", body: "waves from the balcony" } });
  if (kind === 4) return item({ content: { msgtype: "m.notice", body: "Build 1482 passed in 3 minutes." } });
  if (kind === 5) return item({ redacted: true });
  if (kind === 6) return item({ type: "m.room.encrypted" });
  return item({ content: { msgtype: "m.text", body: of(sayings, roll(sayings.length)) } });
}

function change(n: number, sender: Person): Change {
  const changes: Change[] = [
    { kind: "joined", target: sender },
    { kind: "left", target: person(n), reason: "moving house" },
    { kind: "invited", target: person(n + 1) },
    { kind: "profileName", target: sender, before: "Mirabel", after: sender.name },
    { kind: "roomTopic", after: "What we do next" },
    { kind: "kicked", target: person(n + 2), reason: "spam" },
    { kind: "joinRules", after: "knock" },
  ];
  return of(changes, n);
}

const failures: readonly CryptoReason[] = ["keyMissing", "keyLater", "keyUnverified", "keyBlocked", "keyUnreachable", "forged", "algorithmUnknown"];
const warnings: readonly EventCrypto[] = [
  { state: "decrypted", shield: "grey", reason: "keyUnproven" },
  { state: "decrypted", shield: "grey", reason: "deviceNotSigned" },
  { state: "plain", shield: "red", reason: "notEncrypted" },
  { state: "decrypted", shield: "red", reason: "identityChanged" },
  { state: "decrypted" },
];

/** What an encrypted room may end with: a message for each reason. */
export function encryptedHistory(): TimelineItem[] {
  const failed = failures.map((reason, n) => secret(n, { state: "failed", reason }, "m.room.encrypted", {}));
  const doubtful = warnings.map((crypto, n) => secret(failures.length + n, crypto, "m.room.message", { msgtype: "m.text", body: of(sayings, n * 3 + 4) }));
  return [...failed, ...doubtful];
}

const secret = (n: number, crypto: EventCrypto, type: string, content: object): TimelineItem => ({
  key: `secret ${n}`,
  kind: "event",
  ts: now + n * 1_000,
  event: { id: `$secret${n}`, sender: person(n < 4 ? 7 : 2), type, content: content as Record<string, string>, crypto },
});

/** The message once its key came. */
export function decrypted(item: TimelineItem): TimelineItem {
  const content = { msgtype: "m.text", body: "The key to this one came later." };
  return item.event ? { ...item, event: { ...item.event, type: "m.room.message", content, crypto: { state: "decrypted" } } } : item;
}
