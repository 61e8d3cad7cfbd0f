// What was typed and not sent, for each room, kept over reloads. All tabs
// share it. Only drafts of the account that is signed in are kept.

const prefix = "alcove.draft.";

const keyOf = (user: string, room: string) => `${prefix}${user}.${room}`;

/** Whose drafts may be written: a call that fails after its account has gone must not bring one back. */
let owner: string | null = null;

/** Says who is signed in, if anybody, and removes the drafts of everybody else. */
export function keepDraftsOf(user: string | null): void {
  owner = user;
  const kept = keyOf(user ?? "", "!"); // as every room's id begins
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix) && !(user && key.startsWith(kept))) localStorage.removeItem(key);
    }
  } catch {
    // Nothing was stored then.
  }
}

export function readDraft(user: string, room: string): string {
  try {
    return localStorage.getItem(keyOf(user, room)) ?? "";
  } catch {
    return "";
  }
}

export function writeDraft(user: string, room: string, text: string): void {
  if (user !== owner) return;
  try {
    if (text) localStorage.setItem(keyOf(user, room), text);
    else localStorage.removeItem(keyOf(user, room));
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
    if (event.key === key) changed(event.newValue ?? "", event.oldValue ?? "");
  };
  window.addEventListener("storage", hear, { signal });
}
