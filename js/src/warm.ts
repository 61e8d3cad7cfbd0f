import type { Room, Session, TimelineItem } from "./api.js";
import { databaseOf, openExisting, settled } from "./idb.js";
import { openView } from "./sealed.js";

/** What the core stored for the next start, to be shown before it is up. */
export type Warm = {
  readonly session: Pick<Session, "userId" | "deviceId" | "homeserver">;
  readonly rooms: readonly Room[] | undefined;
  readonly timeline: { readonly roomId: string; readonly items: readonly TimelineItem[] } | undefined;
};

/** Storage that hangs must not hold up the start. */
const patienceMs = 1_000;
const utf8 = new TextEncoder();

/**
 * readWarm reads the snapshots in the database of this store, with the key
 * that opens them. It never makes or upgrades the database and lets go of it
 * at once; whatever is odd about what it finds counts as nothing found.
 */
export async function readWarm(store: string, key: Promise<CryptoKey | undefined>): Promise<Warm | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs));
  try {
    // Where site data is blocked, the very sight of it may throw a SecurityError.
    if (!globalThis.indexedDB) return undefined;
    const values = await Promise.race([readViews(databaseOf(store), key), late]);
    return values && understand(values);
  } catch {
    return undefined;
  }
}

const names = ["session", "roomlist", "timeline"] as const;
type Views = Record<(typeof names)[number], unknown>;

async function readViews(database: string, key: Promise<CryptoKey | undefined>): Promise<Views | undefined> {
  const [values, opener] = await Promise.all([readSealed(database), key]);
  if (!opener) return undefined;
  const [session, roomlist, timeline] = await Promise.all(names.map((name, n) => decode(opener, name, values[n])));
  return { session, roomlist, timeline };
}

async function readSealed(database: string): Promise<unknown[]> {
  const db = await openExisting(database);
  if (!db) return [];
  try {
    const view = db.transaction("view", "readonly").objectStore("view");
    return await Promise.all(names.map((name) => settled(view.get(utf8.encode(name)))));
  } finally {
    db.close();
  }
}

async function decode(key: CryptoKey, name: string, value: unknown): Promise<unknown> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true });
    return JSON.parse(text.decode(await openView(key, utf8.encode(name), value)));
  } catch {
    return undefined;
  }
}

function understand(views: Views): Warm | undefined {
  const { session, roomlist, timeline } = views;
  if (!isV1(session) || !isText(session["userId"])) return undefined;
  return {
    session: { userId: session["userId"], ...pickText(session, "deviceId"), ...pickText(session, "homeserver") },
    rooms: isV1(roomlist) ? listOf(roomlist["rooms"], isRoom) : undefined,
    timeline: isV1(timeline) ? understandTimeline(timeline) : undefined,
  };
}

function understandTimeline(view: Tree): Warm["timeline"] {
  const items = listOf(view["items"], isItem);
  return items && isText(view["roomId"]) ? { roomId: view["roomId"], items } : undefined;
}

type Tree = Record<string, unknown>;

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isV1(value: unknown): value is Tree {
  return isTree(value) && value["v"] === 1;
}

function pickText<Key extends string>(from: Tree, key: Key): { [K in Key]?: string } {
  return isText(from[key]) ? ({ [key]: from[key] } as { [K in Key]: string }) : {};
}

/** listOf is all of the list or nothing: a half understood list would show a wrong order. */
function listOf<T>(value: unknown, is: (item: unknown) => item is T): readonly T[] | undefined {
  return Array.isArray(value) && value.every(is) ? value : undefined;
}

function isRoom(value: unknown): value is Room {
  return (
    isTree(value) &&
    isText(value["key"]) &&
    isText(value["id"]) &&
    isText(value["membership"]) &&
    typeof value["name"] === "string" &&
    isTree(value["named"]) &&
    typeof value["unread"] === "number" &&
    typeof value["highlights"] === "number" &&
    typeof value["recency"] === "number"
  );
}

function isItem(value: unknown): value is TimelineItem {
  if (!isTree(value) || !isText(value["key"]) || !isText(value["kind"])) return false;
  if (value["kind"] !== "event") return true;
  const event = value["event"];
  return isTree(event) && isText(event["type"]) && isTree(event["sender"]) && isText(event["sender"]["id"]);
}
