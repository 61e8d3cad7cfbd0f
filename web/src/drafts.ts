// What was typed and not sent, for each room, kept over reloads. All tabs
// share it. Only drafts of the account that is signed in are kept.

const prefix = "alcove.draft.";

const keyOf = (user: string, room: string) => `${prefix}${user}.${room}`;

/** Whose drafts may be written: a call that fails after its account has gone must not bring one back. */
let owner: string | null = null;

/** Where drafts lie while a passphrase guards what is stored: on no disk. */
const memory = new Map<string, string>();
let guarded = false;

/** mayStore says whether what this user types may lie on the disk now. */
export const mayStore = (user: string): boolean => user === owner && !guarded;

/** Says who is signed in, if anybody, and removes the drafts of everybody else. */
export function keepDraftsOf(user: string | null): void {
  owner = user;
  memory.clear();
  removeStored((key) => !user || !key.startsWith(keyOf(user, "!"))); // as every room's id begins
}

/** Says whether a passphrase guards what is stored. */
export function guardDrafts(guard: boolean): void {
  if (guard === guarded) return;
  guarded = guard;
  if (guard) return removeStored((key, text) => memory.set(key, text).has(key));
  const drafts = [...memory];
  memory.clear();
  for (const [key, text] of drafts) store(key, text);
}

/** Removes drafts from the disk, where `which` says so. */
function removeStored(which: (key: string, text: string) => boolean): void {
  try {
    for (const [key, text] of Object.entries<string>(localStorage)) {
      if (key.startsWith(prefix) && which(key, text)) localStorage.removeItem(key);
    }
  } catch {
    // Nothing was stored then.
  }
}

export function readDraft(user: string, room: string): string {
  const key = keyOf(user, room);
  if (guarded) return memory.get(key) ?? "";
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function writeDraft(user: string, room: string, text: string): void {
  if (user !== owner) return;
  const key = keyOf(user, room);
  if (guarded) memory.set(key, text);
  else store(key, text);
}

function store(key: string, text: string): void {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // Full or forbidden: the draft lives as long as the page.
  }
}

/** Removes the draft that was sent, but not what another tab has written on meanwhile. */
export function removeSent(user: string, room: string, sent: string): void {
  if (readDraft(user, room) === sent) writeDraft(user, room, "");
}

/** Calls back when another tab wrote or sent the draft: with the text now, and the one it replaced. */
export function watchDraft(user: string, room: string, changed: (text: string, before: string) => void, signal: AbortSignal): void {
  const key = keyOf(user, room);
  const hear = (event: StorageEvent) => {
    if (event.key === key && !guarded) changed(event.newValue ?? "", event.oldValue ?? "");
  };
  window.addEventListener("storage", hear, { signal });
}
