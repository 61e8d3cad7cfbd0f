import type { Room, Session, TimelineItem } from "./api.js";
import { databaseOf, openExisting, settled } from "./idb.js";
import { keyDatabase, keyStore, understand as understandKeys, unwrapKey } from "./keyring.js";

/** What the core stored for the next start, to be shown before it is up. */
export type Warm = {
  readonly session: Pick<Session, "userId" | "deviceId" | "homeserver">;
  readonly rooms: readonly Room[] | undefined;
  readonly timeline: { readonly roomId: string; readonly items: readonly TimelineItem[] } | undefined;
};

/** Storage that hangs must not hold up the start. */
const patienceMs = 1_000;

/**
 * readWarm reads the snapshots in the database of this store. It never makes
 * or upgrades the database and lets go of it at once; whatever is odd about
 * what it finds counts as nothing found.
 */
export async function readWarm(store: string): Promise<Warm | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs));
  try {
    // Where site data is blocked, the very sight of it may throw a SecurityError.
    if (!globalThis.indexedDB) return undefined;
    const values = await Promise.race([readViews(databaseOf(store)), late]);
    return values && understand(values);
  } catch {
    return undefined;
  }
}

const names = ["session", "roomlist", "timeline"] as const;
type Views = Record<(typeof names)[number], unknown>;

async function readViews(database: string): Promise<Views | undefined> {
  const db = await openExisting(database);
  try {
    if (!db.objectStoreNames.contains("view")) return undefined;
    const view = db.transaction("view", "readonly").objectStore("view");
    const bytes = new TextEncoder();
    const values = await Promise.all(names.map((name) => settled(view.get(bytes.encode(name)))));
    const key = await viewKey(database);
    const [session, roomlist, timeline] = await Promise.all(values.map((value, i) => decode(key, names[i] ?? "", value)));
    return { session, roomlist, timeline };
  } finally {
    db.close();
  }
}

/** viewKey opens the snapshots of a database; undefined where it has no keys. */
async function viewKey(database: string): Promise<CryptoKey | undefined> {
  const db = await openExisting(keyDatabase).catch(() => undefined);
  try {
    if (!db) return undefined;
    const record = await settled(db.transaction(keyStore).objectStore(keyStore).get(database));
    const bytes = await unwrapKey(understandKeys(record), database, "view");
    return await crypto.subtle.importKey("raw", bytes as BufferSource, "AES-GCM", false, ["decrypt"]);
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}

async function decode(key: CryptoKey | undefined, name: string, value: unknown): Promise<unknown> {
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    const plain = value[0] === sealedView && key ? await openView(key, name, value) : value;
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
  } catch {
    return undefined;
  }
}

/** The first byte of a sealed snapshot; wasm/seal has its form. */
const sealedView = 0xa2;

function openView(key: CryptoKey, name: string, value: Uint8Array): Promise<ArrayBuffer> {
  const additionalData = Uint8Array.from([...new TextEncoder().encode("view"), 0, 0, 0, 0, 1, ...new TextEncoder().encode(name)]);
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: value.slice(1, 13), additionalData }, key, value.slice(13));
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
