// Links to users, rooms and events: `matrix:` URIs (MSC2312) and matrix.to
// (spec: appendices, URIs). What comes in may be anything, so whatever is no such
// link, to the letter, is none. Pure.
import type { EventID, UserID } from "./api.js";
import { AlcoveError } from "./error.js";

/** What a link or an id names. */
export type MatrixLink = UserLink | RoomLink | EventLink;

/** A user; with `chat` to talk to, of which the user is asked first. */
export type UserLink = { readonly kind: "user"; readonly id: UserID; readonly action?: "chat" };

/** A room, by id or alias; with `join` to be joined, of which the user is asked first. */
export type RoomLink = {
  readonly kind: "room";
  readonly id: string;
  /** Servers that may know the room, 10 at most. */
  readonly via: readonly string[];
  readonly action?: "join";
};

/** An event in a room that is named by id or, in old links, by alias. */
export type EventLink = {
  readonly kind: "event";
  readonly room: string;
  readonly event: EventID;
  /** Servers that may know the room, 10 at most. */
  readonly via: readonly string[];
};

type Sigil = "@" | "!" | "#" | "$";
type Query = { readonly via: readonly string[]; readonly action: string | undefined };

const types: Readonly<Record<string, Sigil>> = { u: "@", user: "@", r: "#", room: "#", roomid: "!" };
const shortTypes: Readonly<Record<string, string>> = { "@": "u", "#": "r", "!": "roomid", $: "e" };
const matrixTo = "https://matrix.to/#/";

const maxLength = 8_192;
const maxVia = 10;
/** Bytes of an id, with its sigil. */
const maxId = 255;

/** Reads a `matrix:` URI or a link to matrix.to. Undefined for all else, also for links to groups, which Matrix has no more. */
export function parseLink(text: string): MatrixLink | undefined {
  if (text.length > maxLength) return undefined;
  const prefix = /^(?:https:\/\/matrix\.to\/#\/|matrix:(?:\/\/[^/?#]*\/)?)/i.exec(text)?.[0];
  if (prefix === undefined) return undefined;
  const rest = text.slice(prefix.length);
  // Only a URI has a fragment of its own: matrix.to is all fragment, and takes aliases as they are.
  return /^h/i.test(prefix) ? readMatrixTo(rest) : readURI(before(rest, "#"));
}

/** Reads a bare id of a user or room, or a room's alias. */
export function parseID(text: string): MatrixLink | undefined {
  return linkTo([text], { via: [], action: undefined });
}

/** The `matrix:` URI of what is named. Throws `call.invalid` for what is no id, and for an event in a room by alias, as an alias may move on to another room. */
export function formatLink(link: MatrixLink): string {
  const path = idsOf(link).map((id) => `${shortTypes[id.charAt(0)]}/${encode(id.slice(1))}`);
  const action = "action" in link && link.action ? [`action=${link.action}`] : [];
  return `matrix:${path.join("/")}${formatQuery([...action, ...formatVia(link)])}`;
}

/** The link to matrix.to, for who may have no Matrix client. It knows no actions. Throws as {@link formatLink} does. */
export function formatMatrixTo(link: MatrixLink): string {
  return `${matrixTo}${idsOf(link).map(encodeAll).join("/")}${formatQuery(formatVia(link))}`;
}

function readURI(rest: string): MatrixLink | undefined {
  const [type = "", name = "", inner, event, ...more] = before(rest, "?").split("/");
  const sigil = Object.hasOwn(types, type.toLowerCase()) ? types[type.toLowerCase()] : undefined;
  if (!sigil || more.length > 0) return undefined;
  const ids = [sigil + decode(name)];
  if (inner !== undefined) {
    if (!/^(?:e|event)$/i.test(inner) || event === undefined) return undefined;
    ids.push(`$${decode(event)}`);
  }
  return linkTo(ids, readQuery(rest));
}

function readMatrixTo(rest: string): MatrixLink | undefined {
  const { via } = readQuery(rest);
  return linkTo(before(rest, "?").split("/").map(decode), { via, action: undefined });
}

/** Links a user or a room, or a room's event. */
function linkTo([id = "", event, ...more]: readonly string[], { via, action }: Query): MatrixLink | undefined {
  const sigil = sigilOf(id);
  if (!sigil || sigil === "$" || more.length > 0) return undefined;
  if (event !== undefined) return sigil !== "@" && sigilOf(event) === "$" ? { kind: "event", room: id, event, via } : undefined;
  if (sigil === "@") return { kind: "user", id, ...(action === "chat" && { action }) };
  return { kind: "room", id, via, ...(action === "join" && { action }) };
}

/** The last action counts, whether or not it is known. */
function readQuery(rest: string): Query {
  const items = rest.slice(before(rest, "?").length + 1).split("&");
  const all = (name: string) => items.filter((item) => item.startsWith(`${name}=`)).map((item) => decode(item.slice(name.length + 1)));
  return { via: [...new Set(all("via").filter(isServer))].slice(0, maxVia), action: all("action").at(-1) };
}

/** The sigil of a valid id. Ids of rooms and events say nothing of servers: room version 12 and event formats from 3 on have none. */
function sigilOf(id: string): Sigil | undefined {
  // No server takes spaces and control characters; lone surrogates cannot be written.
  if (/[\s\p{Cc}\p{Cs}]/u.test(id) || id.length > maxId || new TextEncoder().encode(id).length > maxId) return undefined;
  const [sigil, colon] = [id.charAt(0), id.indexOf(":")];
  switch (sigil) {
    case "@": case "#":
      return colon > (sigil === "#" ? 1 : 0) && isServer(id.slice(colon + 1)) ? sigil : undefined; // a user's own part may have been empty once
    case "!": case "$":
      return id.length > 1 ? sigil : undefined;
    default:
      return undefined;
  }
}

/** Spec: appendices, server name. */
const isServer = (name: string) => name.length < maxId && /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(name);

/** The ids that a link is made of. */
function idsOf(link: MatrixLink): readonly string[] {
  const ids = link.kind === "event" ? [link.room, link.event] : [link.id];
  const read = linkTo(ids, { via: [], action: undefined });
  const moving = read?.kind === "event" && read.room.startsWith("#");
  if (read?.kind !== link.kind || moving) throw new AlcoveError("call.invalid", `this is no link to a ${link.kind}`);
  return ids;
}

const formatVia = (link: MatrixLink) => ("via" in link ? link.via.filter(isServer).slice(0, maxVia).map((server) => `via=${encode(server)}`) : []);

const formatQuery = (items: readonly string[]) => (items.length > 0 ? `?${items.join("&")}` : "");

const before = (text: string, mark: string) => text.split(mark, 1)[0] ?? "";

/** Everything that could be read as something else. Texts end links at quotes, stars and parentheses. */
const encodeAll = (text: string) => encodeURIComponent(text).replace(/['()*~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** The colon may stay in a path or query, and is easier to read. */
const encode = (text: string) => encodeAll(text).replaceAll("%3A", ":");

/** Empty where it is not encoded well; nothing is named so. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
