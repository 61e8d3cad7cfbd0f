// The page's title and the app's badge: where the reader is, and how many
// rooms have something unread.
import { t } from "./messages.js";

let place = "";
let unread = 0;

/** Says the name of the room that is shown, "" for none. */
export function tellPlace(name: string): void {
  place = name;
  show();
}

export function tellUnread(rooms: number): void {
  if (rooms === unread) return;
  unread = rooms;
  show();
  // Only an installed app has a badge; elsewhere the title says it.
  navigator.setAppBadge?.(rooms).catch(() => {});
}

function show(): void {
  document.title = t.title(place, unread);
}
