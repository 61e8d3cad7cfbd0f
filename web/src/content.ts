// Reads the content of a message, which may be anything at all. Pure.
import type { EventItem } from "alcove";
import { readGeo, type Place } from "./geo.js";

export type MediaKind = "image" | "video" | "audio" | "file" | "sticker";

export type Words = { readonly body: string; readonly html?: string };
export type Media = { readonly kind: "media"; readonly media: MediaKind; readonly name: string; readonly size?: number; readonly caption?: Words };

export type Content =
  | (Words & { readonly kind: "text" | "emote" | "notice" })
  | (Words & { readonly kind: "serverNotice"; readonly contact?: string })
  | Media
  | { readonly kind: "location"; readonly body: string; readonly place?: Place }
  /** A type that this UI does not know, with the text it has for such readers. */
  | { readonly kind: "unknown"; readonly body: string };

type Fields = Readonly<Record<string, unknown>>;

const media: Readonly<Record<string, MediaKind>> = { "m.image": "image", "m.video": "video", "m.audio": "audio", "m.file": "file" };
const written: Readonly<Record<string, "emote" | "notice">> = { "m.emote": "emote", "m.notice": "notice" };

export function readContent({ type, content, replyTo }: Pick<EventItem, "type" | "content" | "replyTo">): Content {
  const fields = fieldsOf(content);
  const msgType = stringOf(fields["msgtype"]);
  const known = (table: Readonly<Record<string, unknown>>) => Object.hasOwn(table, msgType);
  if (type === "m.sticker") return readMedia("sticker", fields);
  if (type !== "m.room.message") return { kind: "unknown", body: fallbackOf(fields) };
  if (known(media)) return readMedia(media[msgType] ?? "file", fields);
  if (msgType === "m.location") return readLocation(fields);
  const words = wordsOf(fields, replyTo !== undefined || answers(fields));
  if (msgType === "m.server_notice") return { kind: "serverNotice", ...words, ...contactOf(fields) };
  return { kind: known(written) ? (written[msgType] ?? "notice") : "text", ...words };
}

function readMedia(kind: MediaKind, fields: Fields): Media {
  const words = wordsOf(fields, false);
  const name = stringOf(fields["filename"]) || words.body;
  // A body is a caption where it is not the name (spec: media captions).
  const caption = kind !== "sticker" && name !== words.body && words.body !== "" ? { caption: words } : {};
  const size = fieldsOf(fields["info"])["size"];
  return { kind: "media", media: kind, name, ...caption, ...(typeof size === "number" && size > 0 && size < 2 ** 53 && { size }) };
}

function readLocation(fields: Fields): Content {
  const place = readGeo(stringOf(fields["geo_uri"]));
  return { kind: "location", body: stringOf(fields["body"]), ...(place && { place }) };
}

function wordsOf(fields: Fields, reply: boolean): Words {
  const body = stringOf(fields["body"]);
  const html = fields["format"] === "org.matrix.custom.html" ? stringOf(fields["formatted_body"]) : "";
  return { body: reply ? withoutFallback(body) : body, ...(html && { html }) };
}

/** Takes off the lines by which old clients quote what they answer (spec: rich replies). */
export function withoutFallback(body: string): string {
  // Their first line names the sender; a quote that somebody wrote does not.
  if (!/^> (\* )?<[^>\n]+>/.test(body)) return body;
  const lines = body.split("\n");
  const first = lines.findIndex((line) => !line.startsWith(">"));
  if (first < 0) return body;
  return lines.slice(lines[first] === "" ? first + 1 : first).join("\n");
}

const answers = (fields: Fields) => fieldsOf(fieldsOf(fields["m.relates_to"])["m.in_reply_to"])["event_id"] !== undefined;

const contactOf = (fields: Fields) => {
  const contact = stringOf(fields["admin_contact"]);
  return /^(https?|mailto):/i.test(contact) && URL.canParse(contact) ? { contact: new URL(contact).href } : {};
};

/** The text of extensible events (MSC1767), or the body that most types have. */
function fallbackOf(fields: Fields): string {
  const texts = fields["m.text"] ?? fields["org.matrix.msc1767.text"];
  const plain = Array.isArray(texts) ? texts.map(fieldsOf).find(({ mimetype = "text/plain" }) => mimetype === "text/plain")?.["body"] : texts;
  return stringOf(plain) || stringOf(fields["body"]);
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

const stringOf = (value: unknown) => (typeof value === "string" ? value : "");

/** Whether an event is for our user in particular (spec: user and room mentions). */
export function mentions({ content, own }: EventItem, userId: string): boolean {
  const { user_ids: users, room } = fieldsOf(fieldsOf(content)["m.mentions"]);
  return !own && (room === true || (Array.isArray(users) && users.includes(userId)));
}
