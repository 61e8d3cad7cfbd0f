// What tabs of one store say to each other on the channel `alcove:<store>`.
// Pages of other versions hear it too, so these words change only by new ones.

/** Leader is one core of one page. */
export type Leader = {
  /** Another one for each core. */
  readonly term: string;
  /** The page, by the name that the browser gave it. */
  readonly client: string;
  /** Which calls it knows. */
  readonly hash: string;
};

export type Word =
  /** Asks the leader to say who it is. */
  | { readonly who: true }
  /** Says so. starting: it cannot take pages yet. */
  | { readonly leader: Leader; readonly starting?: boolean }
  /** Asks the leader of that term for a line of this name. */
  | { readonly join: string; readonly to: string }
  /** The core of that term is over. dead: by an accident. */
  | { readonly gone: string; readonly dead: boolean };

/** Welcome is the first thing that a core says on a line. Frames follow, both ways, which are strings. */
export type Welcome = { readonly welcome: string };

/** lineName names a line's channel, and the lock that its page holds while it lives. */
export function lineName(id: string): string {
  return `alcove-line:${id}`;
}

/** wordOf understands what came on the channel, of which another version may say anything. */
export function wordOf(data: unknown): Word | undefined {
  const { who, leader, starting, join, to, gone, dead } = (data ?? {}) as Record<string, unknown>;
  if (who === true) return { who };
  if (isLeader(leader)) return { leader, starting: starting === true };
  if (typeof join === "string" && typeof to === "string") return { join, to };
  if (typeof gone === "string") return { gone, dead: dead === true };
  return undefined;
}

function isLeader(value: unknown): value is Leader {
  const { term, client, hash } = (value ?? {}) as Record<string, unknown>;
  return typeof term === "string" && typeof client === "string" && typeof hash === "string";
}
