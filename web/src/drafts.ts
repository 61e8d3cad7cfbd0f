// What was typed and not sent, for each room, kept over reloads.

const prefix = "alcove.draft.";

const keyOf = (user: string, room: string) => `${prefix}${user}.${room}`;

export function readDraft(user: string, room: string): string {
  try {
    return localStorage.getItem(keyOf(user, room)) ?? "";
  } catch {
    return "";
  }
}

export function writeDraft(user: string, room: string, text: string): void {
  try {
    if (text) localStorage.setItem(keyOf(user, room), text);
    else localStorage.removeItem(keyOf(user, room));
  } catch {
    // Full or forbidden: the draft lives as long as the page.
  }
}

/** Removes every draft, at logging out. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  } catch {
    // Nothing was stored then.
  }
}
