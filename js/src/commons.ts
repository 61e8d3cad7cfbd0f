/** What the pages of one site have in common. */
export type Commons = {
  readonly locks: Pick<LockManager, "request" | "query">;
  channel(name: string): Channel;
  /**
   * The same of a page that came just now. Chromium keeps the locks of a site
   * with its data: once that is cleared, pages and workers that come have other
   * locks than those that were there. Undefined where that cannot be had.
   */
  renew?(): Commons | undefined;
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
  return { locks, channel, renew };
}

const channel = (name: string) => new BroadcastChannel(name);

/** renew makes an empty frame, which has the locks of a page that came just now, and must stay for as long as they are held. */
function renew(): Commons | undefined {
  const frame = globalThis.document?.createElement("iframe");
  if (!frame) return undefined;
  frame.hidden = true;
  document.documentElement.append(frame);
  const locks = frame.contentWindow?.navigator.locks;
  return locks && { locks, channel, renew: () => (frame.remove(), renew()) };
}

/** clientOf is who holds the lock of that name, undefined where nobody does. */
export async function clientOf(commons: Commons, name: string): Promise<string | undefined> {
  const { held = [] } = await commons.locks.query();
  return held.find((lock) => lock.name === name)?.clientId;
}
