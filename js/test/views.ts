/** storeViews makes the database of a store as the core leaves it, with these snapshots. */
export async function storeViews(store: string, views: Record<string, unknown>, version = 1): Promise<void> {
  const request = indexedDB.open(`alcove:${store}`, version);
  request.onupgradeneeded = () => request.result.createObjectStore("view");
  const db = await settled(request);
  const tx = db.transaction("view", "readwrite");
  for (const [name, value] of Object.entries(views)) tx.objectStore("view").put(bytes(value), new TextEncoder().encode(name));
  await new Promise<void>((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
  });
  db.close();
}

/** bytes is a value as the core stores it; bytes and text go in as they are. */
function bytes(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value === "string") return value;
  return new TextEncoder().encode(JSON.stringify(value));
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
