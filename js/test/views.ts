import { openKeys } from "../src/keyring.js";
import { viewKey } from "../src/sealed.js";

const utf8 = new TextEncoder();

/**
 * storeViews makes the database of a store as the core leaves it, with these
 * snapshots, sealed with the store's own key. Bytes and text go in as they are.
 */
export async function storeViews(store: string, views: Record<string, unknown>, version = 1): Promise<void> {
  const { view } = await openKeys(`alcove:${store}`);
  const values = await Promise.all(Object.entries(views).map(async ([name, value]) => [name, await stored(view, name, value)] as const));
  const request = indexedDB.open(`alcove:${store}`, version);
  request.onupgradeneeded = () => request.result.createObjectStore("view");
  const db = await settled(request);
  const tx = db.transaction("view", "readwrite");
  for (const [name, value] of values) tx.objectStore("view").put(value, utf8.encode(name));
  await new Promise<void>((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
  });
  db.close();
}

/** keyOf is what opens the snapshots of a store. */
export async function keyOf(store: string): Promise<CryptoKey> {
  return viewKey((await openKeys(`alcove:${store}`)).view);
}

async function stored(view: Uint8Array, name: string, value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array || typeof value === "string") return value;
  return sealView(view, name, utf8.encode(JSON.stringify(value)));
}

/** sealView is wasm/seal's way to seal a value of the store `view`. */
export async function sealView(view: Uint8Array, name: string, plain: Uint8Array, iv = crypto.getRandomValues(new Uint8Array(12))): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", view as BufferSource, "AES-GCM", false, ["encrypt"]);
  const additionalData = new Uint8Array([...utf8.encode("view\0"), 0, 0, 0, 1, ...utf8.encode(name)]);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain as BufferSource);
  return new Uint8Array([0xa2, ...iv, ...new Uint8Array(sealed)]);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
