// Follows a link to a room, a message or a person. Nothing is joined and no chat is
// made without a question (spec: matrix URI scheme, actions).
import type { Client, EventLink, MatrixLink, RoomLink, UserLink } from "alcove";
import { html } from "lit";
import { openDialog } from "../dialog.js";
import { directWith } from "../direct.js";
import { t } from "../messages.js";
import { navigate } from "../route.js";
import { isKnown, placeIn } from "./enter.js";
import "./meet.js";

/** A room that the account knows answers sooner; of another one a dialog tells that it is looked for. */
const patienceMs = 300;

export function follow(client: Client, link: MatrixLink): void {
  const done = link.kind === "user" ? meet(client, link) : enter(client, link);
  done.catch(() => {}); // what can fail is said where it is asked
}

async function enter(client: Client, link: RoomLink | EventLink): Promise<void> {
  const looking = client.rooms.preview(link.kind === "room" ? link.id : link.room, { via: link.via });
  const early = await Promise.race([looking.catch(() => undefined), new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs))]);
  if (early && isKnown(early)) return navigate(placeIn(early.id, link));
  openDialog(t.link.joinTitle, (close) => html`<alcove-enter .client=${client} .link=${link} .looking=${looking} .close=${close}></alcove-enter>`);
}

async function meet(client: Client, { id, action }: UserLink): Promise<void> {
  const chat = await directWith(client, id).catch(() => undefined);
  if (chat && action === "chat") return navigate({ room: chat });
  openDialog(t.link.personTitle, (close) => html`<alcove-meet .client=${client} .user=${id} .chat=${chat} .close=${close}></alcove-meet>`);
}
