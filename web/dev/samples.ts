// Messages of every kind, for the end of a made-up room: `?ends=formatted`.
import type { Change, EventItem, Json, Reaction, TimelineItem } from "alcove";
import { me, now, person } from "./generate.js";

const ground = "https://matrix.to/#/";
let made = 0;

/** A message by somebody. */
export function sample(rest: Partial<EventItem>, by = 2): TimelineItem {
  const n = made++;
  const sender = by < 0 ? me : person(by);
  const event: EventItem = { id: `$sample${n}`, sender, own: sender === me, type: "m.room.message", content: {}, ...rest };
  return { key: `sample ${n}`, kind: "event", ts: now - 60_000 + n * 1_000, event };
}

export const text = (body: string, more: { readonly [member: string]: Json } = {}) => ({ content: { msgtype: "m.text", body, ...more } });
export const html = (formatted: string, body = "The same without format", more: { readonly [member: string]: Json } = {}) =>
  text(body, { format: "org.matrix.custom.html", formatted_body: formatted, ...more });

const formatted = (): TimelineItem[] => [
  sample(html(`<h2>What we need</h2><p>For <strong>Saturday</strong>, <em>at the latest</em>, and <del>not</del> <u>soon</u>:</p><ol start="3"><li>bread<ul><li>dark</li><li>white</li></ul></li><li>cheese</li></ol><p>Notes: https://example.org/notes</p>`)),
  sample(html(`<blockquote><p>Who has the key?</p></blockquote><p>It is <span data-mx-spoiler="where it is">under the <b>third</b> pot</span>, <span data-mx-spoiler>really</span>.</p>`), 3),
  sample(html(`<p>Run this:</p><pre><code class="language-sh">for file in *.txt; do wc -l "$file"; done # and this line is so long that it has to be scrolled sideways on any screen there is
exit</code></pre><p>or just <code>wc -l</code></p>`), 3),
  sample(html(`<p><a href="${ground}@ada:example.org">Ada Lovelace</a>, ask <a href="matrix:u/user3:example.org">Theo</a> in <a href="${ground}#choir:example.org">#choir</a> or <a href="${ground}!room4:example.org">Choir</a>. <a href="https://example.org/">A link</a>, <a href="mailto:a@example.org">a mail</a></p>`, "Ada", { "m.mentions": { user_ids: [me.id] } }), 4),
  sample(html(`<p><font color="#ffff00">yellow</font> <span data-mx-color="#000033">night</span> <span data-mx-color="#ffffff" data-mx-bg-color="#00ff00">white on green</span> <img src="mxc://example.org/a" alt="a dancing carrot"> H<sub>2</sub>O</p>`), 4),
  sample(html(`<table><caption>Rota</caption><thead><tr><th>Day</th><th>Who</th></tr></thead><tbody><tr><td>Monday</td><td>Mira</td></tr><tr><td>Friday</td><td>Sven</td></tr></tbody></table><hr><details><summary>More</summary><p>Nothing more.</p></details>`), 5),
  sample({ content: { msgtype: "m.emote", body: "waves **hard**", format: "org.matrix.custom.html", formatted_body: "waves <strong>hard</strong>" } }, 5),
  sample({ content: { msgtype: "m.notice", body: "Build passed", format: "org.matrix.custom.html", formatted_body: "Build <code>1482</code> <b>passed</b>" } }, 6),
];

const changes = (): readonly Change[] => [
  { kind: "joined", target: person(7) },
  { kind: "left", target: person(8), reason: "moving house" },
  { kind: "profileName", target: person(5), before: "Mirabel", after: person(5).name },
  { kind: "roomTopic", after: "What we do next" },
  { kind: "joinRules", after: "knock" },
];

const kinds = (): TimelineItem[] => [
  sample({ content: { msgtype: "m.image", body: "harvest.jpg", info: { size: 2_340_000 } } }),
  sample({ content: { msgtype: "m.image", body: "The first tomatoes, https://example.org/tomatoes", filename: "harvest.jpg", info: { size: 2_340_000 } } }),
  sample({ content: { msgtype: "m.file", body: "Read page 4", filename: "minutes of the meeting.pdf", format: "org.matrix.custom.html", formatted_body: "Read <b>page 4</b>", info: { size: "big" } } }, 3),
  sample({ content: { msgtype: "m.audio", body: "choir.ogg", info: { size: 512 } } }, 3),
  sample({ content: { msgtype: "m.video", body: "trip.webm" } }, 3),
  sample({ type: "m.sticker", content: { body: "A carrot that dances", info: {}, url: "mxc://example.org/a" } }, 4),
  sample({ content: { msgtype: "m.location", body: "The shed", geo_uri: "geo:49.8725146,-8.6512;u=35" } }, 4),
  sample({ content: { msgtype: "m.location", body: "Nowhere", geo_uri: "geo:NaN,200" } }, 4),
  sample({ content: { msgtype: "m.server_notice", body: "This server is restarted tonight.", server_notice_type: "m.server_notice.usage_limit_reached", admin_contact: "mailto:admin@example.org" } }, 5),
  ...changes().map((one) => sample({ type: "m.room.member", change: one }, 5)),
  sample({ content: { msgtype: "m.emote", body: "sweeps the floor" } }, 6),
  sample({ content: { msgtype: "m.notice", body: "Build 1482 passed in 3 minutes." } }, 6),
  sample({ type: "m.call.invite", content: {} }, 6),
  sample({ type: "m.call.candidates", content: {} }, 6),
  sample({ type: "m.call.hangup", content: {} }, 6),
  sample({ type: "org.example.weather", content: { "m.text": [{ mimetype: "text/html", body: "<b>Rain</b>" }, { body: "Rain from noon" }] } }, 7),
  sample({ type: "org.example.silent", content: {} }, 7),
];

const relations = (): TimelineItem[] => {
  const question = sample(text("Who brings bread on Saturday?"), 2);
  const root = sample({ id: "$root", ...text("Let us talk about the shed."), thread: { count: 3, participated: true, latest: { sender: person(3), type: "m.room.message", msgType: "m.text", body: "The lock is new", ts: now } } }, 4);
  const inThread = (body: string, by: number) => sample({ ...text(body), threadId: "$root" }, by);
  return [
    question,
    sample({ ...text("> <@user2:example.org> Who brings\n\nI do, dark and white", { "m.relates_to": {} }), replyTo: { id: question.event?.id ?? "", preview: { sender: person(2), type: "m.room.message", msgType: "m.text", body: "Who brings bread on Saturday?", ts: now } }, edited: { id: "$edit", ts: now },
      reactions: [react("👍", 3), react("🥖", 14, true), react("mxc://example.org/party", 1), react("thanks a lot for all of it, and more of the same", 1), react("😀".repeat(10_000), 2)] }, -1),
    sample({ ...text("And I the cheese"), replyTo: { id: "$event40" } }, 5),
    sample({ ...text("Not I"), replyTo: { id: "$removed", redacted: true } }, 6),
    root,
    sample({ ...text("Everybody has something to say to this"), reactions: faces.map((key, n) => react(key, 1 + (n % 3), n === 20)) }, 4),
    inThread("Is it open?", 2), inThread("Since Monday", -1), inThread("The lock is new", 3),
    sample(poll("Which day?", { answers: [["Friday", 4], ["Saturday", 7, true], ["Sunday, if the weather allows it and everybody has come back from the trip", 1]], voters: 12 }), 2),
    sample(poll("What do we cook?", { undisclosed: true, maxSelections: 2, answers: [["Soup", 0], ["Bread", 0], ["Soup and bread", 0]], voters: 3 }), -1),
    sample(poll("Who chairs?", { ended: true, answers: [["Mira", 5, true], ["Sven", 2]], voters: 7 }), 3),
  ];
};

const faces = ["👍", "🎉", "❤️", "😀", "🥖", "🌧️", "🚲", "✅", "🙏", "👀", "🐟", "🧀", "🌻", "🍅", "🥕", "🐝", "☕", "🎻", "📚", "🔑", "🌲", "🐸", "🍞", "🦊"];

const react = (key: string, count: number, own = false): Reaction => ({ key, count, by: Array.from({ length: Math.min(count, 20) }, (_, n) => (own && n === 0 ? me : person(n + 1))), ...(own && { own: { id: "$own" } }) });

type Answers = readonly (readonly [text: string, votes: number, own?: boolean])[];

function poll(question: string, { answers, ended = false, ...rest }: { answers: Answers; voters: number; ended?: boolean; undisclosed?: boolean; maxSelections?: number }): Partial<EventItem> {
  const most = Math.max(...answers.map(([, votes]) => votes));
  const list = answers.map(([text, votes, own], n) => ({ id: String(n), text, votes, ...(own && { own }), ...(ended && { winner: votes === most }) }));
  return { type: "org.matrix.msc3381.poll.start", poll: { question, maxSelections: 1, ...rest, answers: list, ...(ended && { ended }) } };
}

/** 500 reactions on what is on screen at first. */
const crowd = (): TimelineItem[] => Array.from({ length: 50 }, (_, n) =>
  sample({ ...text(`Message ${n}`), reactions: Array.from({ length: 10 }, (_, m) => react(["👍", "🎉", "❤️", "😀", "🥖", "🌧️", "🚲", "✅", "🙏", "👀"][m] ?? "", 1 + ((n + m) % 7), m === 0)) }, n % 9));

const endings: Readonly<Record<string, () => TimelineItem[]>> = { formatted, kinds, relations, crowd };

/** What a room ends with, by name. */
export const ending = (name: string): TimelineItem[] => (Object.hasOwn(endings, name) ? (endings[name]?.() ?? []) : []);
