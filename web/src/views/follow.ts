// Follows a link to a room, a message or a person. Nothing is joined and no chat is
// made without a question (spec: matrix URI scheme, actions).
import type { Client, EventLink, MatrixLink, RoomLink, RoomPreview, UserLink } from "alcove";
import { html } from "lit";
import { openDialog } from "../dialog.js";
import { directWith } from "../direct.js";
import { openPrompt } from "../doors.js";
import { t } from "../messages.js";
import { navigate, placeOf, type Route } from "../route.js";
import "./meet.js";

/** A room that the account knows answers sooner; of another one a dialog tells that it is looked for. */
const patienceMs = 300;

export function follow(client: Client, link: MatrixLink): void {
  const done = link.kind === "user" ? meet(client, link) : enter(client, link);
  done.catch(() => {}); // what can fail is said where it is asked
}

/** Where a room opens in which one is, invited or asking to be let in: its view says so. */
export function knownPlace({ id, membership }: RoomPreview, event: string | undefined): Route | undefined {
  return membership === "join" || membership === "invite" || membership === "knock" ? placeOf({ id }, event) : undefined;
}

async function enter(client: Client, link: RoomLink | EventLink): Promise<void> {
  const { via } = link;
  const [room, event] = link.kind === "event" ? [link.room, link.event] : [link.id];
  const looking = client.rooms.preview(room, { via });
  const early = await Promise.race([looking.catch(() => undefined), new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs))]);
  const known = early && knownPlace(early, event);
  if (known) navigate(known);
  else openPrompt(client, { room, via, event, looking });
}

async function meet(client: Client, { id, action }: UserLink): Promise<void> {
  const chat = await directWith(client, id).catch(() => undefined);
  if (chat && action === "chat") return navigate({ room: chat });
  openDialog(t.link.personTitle, (close) => html`<alcove-meet .client=${client} .user=${id} .chat=${chat} .close=${close}></alcove-meet>`);
}
