// The doors to the dialogs and pages about rooms, spaces and people, which are
// loaded when the first of them opens.
import type { Client, EventItem, ReportParams } from "alcove";
import { html } from "lit";
import { openDialog } from "./dialog.js";
import { t } from "./messages.js";
import type { MemberAbout } from "./views/rooms/member-menu.js";
import type { Asked } from "./views/rooms/prompt.js";

type All = typeof import("./views/rooms/all.js");

export type CreateOptions = { readonly space?: string | undefined; readonly kind?: "direct" | "room" | "space" | "join" };

export const openCreate = (client: Client, options: CreateOptions = {}): void => void open((all) => all.openCreate(client, options));
export const openInvite = (client: Client, room: string): void => void open((all) => all.openInvite(client, room));
export const openAddRooms = (client: Client, space: string): void => void open((all) => all.openAddRooms(client, space));
export const openRoomSettings = (client: Client, room: string): void => void open((all) => all.openRoomSettings(client, room));
export const openDirectory = (client: Client): void => void open((all) => all.openDirectory(client));
/** Shows what there is to know of a room before it is joined. */
export const openPrompt = (client: Client, asked: Asked): void => void open((all) => all.openPrompt(client, asked));
export const openReport = (client: Client, what: Omit<ReportParams, "reason">, name: string): void => void open((all) => all.openReport(client, what, name));
export const openPinned = (client: Client, room: string, show: (event: EventItem) => void): void => void open((all) => all.openPinned(client, room, show));
export const openMemberMenu = (anchor: HTMLElement, about: MemberAbout): void => void open((all) => all.openMemberMenu(anchor, about));

/** Loads what is shown in the page itself. */
export const loadExplore = (): void => void open(() => {});
/** Loads what the settings show of the user and other people. */
export const loadYou = loadExplore;

async function open(act: (all: All) => void): Promise<void> {
  const all = await import("./views/rooms/all.js").catch(() => undefined);
  if (all) act(all);
  else openDialog(t.app, () => html`<p class="error" role="alert">${t.encryption.notLoaded}</p>`);
}
