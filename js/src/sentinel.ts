// What the core wants kept outside of its database, so that one that was lost
// can be told from one that never was. A browser may lack localStorage, or
// throw at the sight of it: then a loss shows as an empty store.

/** sentinelOf is what was kept for a database, "" where nothing was. */
export function sentinelOf(database: string): string {
  try {
    return globalThis.localStorage?.getItem(database) ?? "";
  } catch {
    return "";
  }
}

/** keepSentinel replaces what is kept; "" forgets it. */
export function keepSentinel(database: string, sentinel: string): void {
  if (sentinel === sentinelOf(database)) return;
  try {
    if (sentinel) globalThis.localStorage?.setItem(database, sentinel);
    else globalThis.localStorage?.removeItem(database);
  } catch {
    // What was kept before is older than the database says, which the core understands.
  }
}
