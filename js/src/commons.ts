/** What the pages of one site have in common. */
export type Commons = {
  readonly locks: Pick<LockManager, "request" | "query">;
  channel(name: string): Channel;
};

/** The part of a BroadcastChannel that is used here. */
export type Channel = {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  close(): void;
};

/** thisSite is undefined where pages have nothing in common: browsers keep locks for HTTPS. */
export function thisSite(): Commons | undefined {
  const locks = globalThis.navigator?.locks;
  if (!locks || typeof BroadcastChannel === "undefined") return undefined;
  return { locks, channel: (name) => new BroadcastChannel(name) };
}

/** clientOf is who holds the lock of that name, undefined where nobody does. */
export async function clientOf(commons: Commons, name: string): Promise<string | undefined> {
  const { held = [] } = await commons.locks.query();
  return held.find((lock) => lock.name === name)?.clientId;
}
