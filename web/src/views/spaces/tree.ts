// What the list of spaces shows of them. Pure.
import type { Space } from "alcove";

/** The spaces whose parents are all open. */
export function shownSpaces(spaces: readonly Space[], open: ReadonlySet<string>): Space[] {
  let closed = Infinity;
  return spaces.filter(({ id, level }) => {
    if (level > closed) return false;
    closed = open.has(id) ? Infinity : level;
    return true;
  });
}

/** The spaces that have to be open for one to be shown. */
export function wayTo(spaces: readonly Space[], id: string): string[] {
  const at = spaces.findIndex((space) => space.id === id);
  const way: string[] = [];
  let level = spaces[at]?.level ?? 0;
  for (let n = at - 1; n >= 0 && level > 0; n--) {
    const space = spaces[n];
    if (!space || space.level >= level) continue;
    way.push(space.id);
    level = space.level;
  }
  return way;
}

/** The root that a root goes before when it moves by one, undefined for the end; false where it cannot. */
export function moveBefore(spaces: readonly Space[], id: string, by: -1 | 1): string | undefined | false {
  const roots = spaces.filter(({ level }) => level === 0);
  const at = roots.findIndex((space) => space.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= roots.length) return false;
  return roots[by < 0 ? to : to + 1]?.id;
}

/** The root that one goes before when it is dropped on another. */
export function dropBefore(spaces: readonly Space[], on: string, below: boolean): string | undefined {
  if (!below) return on;
  const roots = spaces.filter(({ level }) => level === 0);
  return roots[roots.findIndex((space) => space.id === on) + 1]?.id;
}
