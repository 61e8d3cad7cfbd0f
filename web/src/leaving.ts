// What was sent and the core has not taken in yet, such as while one core
// follows another. Should the page go before that, the text is a draft again, in
// whatever tab shows the room first.
//
// A page holds a lock for each: when somebody else gets it, the page is gone.
import { mayStore } from "./drafts.js";

const prefix = "alcove.leaving.";
const keyOf = (user: string, place: string) => `${prefix}${user}.${place} `;
/** What comes behind that: a thread's place begins as its room's. */
const isNumber = (rest: string) => rest.length === crypto.randomUUID().length;

export type Leaving = {
  /** Resolves once the text is kept, or cannot be. */
  readonly kept: Promise<void>;
  /** To be called when the core has it, or it was given back. */
  taken(): void;
};

/** Keeps a text until it is taken. A passphrase keeps it off the disk. */
export function keepLeaving(user: string, place: string, text: string): Leaving {
  let taken = () => {};
  const end = new Promise<void>((resolve) => (taken = resolve));
  const kept = new Promise<void>((resolve) => {
    if (!navigator.locks || !mayStore(user)) return resolve();
    const key = keyOf(user, place) + crypto.randomUUID();
    const hold = async () => {
      put(key, mayStore(user) ? text : null);
      resolve();
      await end;
      put(key, null);
    };
    navigator.locks.request(key, hold).catch(() => resolve());
  });
  return { kept, taken };
}

/** Calls back with each text that was leaving a place when its page went. */
export function watchLeft(user: string, place: string, back: (text: string) => void, signal: AbortSignal): void {
  if (!navigator.locks) return;
  const mine = keyOf(user, place);
  const isMine = (key: string) => key.startsWith(mine) && isNumber(key.slice(mine.length));
  const wait = (key: string) => {
    const take = () => {
      const text = localStorage.getItem(key);
      put(key, null);
      if (text) back(text);
    };
    navigator.locks.request(key, { signal }, take).catch(() => {}); // another room is shown now
  };
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key && isMine(key) && newValue !== null) wait(key);
  }, { signal });
  for (const key of stored()) if (isMine(key)) wait(key);
}

/** Removes what is not of that user; all of it without one. */
export function keepLeavingOf(user: string | null): void {
  for (const key of stored()) if (!user || !key.startsWith(keyOf(user, "!").trimEnd())) put(key, null);
}

function stored(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

function put(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Full or forbidden: it lives as long as the page.
  }
}
