// What can be done with a member: by anybody, and by those who keep the room.
import type { Client, LiveRoom, Member, RoomDetails } from "alcove";
import { html } from "lit";
import { allows } from "../../allows.js";
import { confirm, openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { openMenu, type MenuItem } from "../../menu.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { roomName } from "../../sentences.js";
import { follow } from "../follow.js";
import { openReport } from "./report.js";

const words = w.member;

export type MemberAbout = {
  readonly client: Client;
  readonly room: LiveRoom;
  readonly details: RoomDetails;
  readonly member: Member;
  readonly userId: string;
  readonly ignored: boolean;
};

export function openMemberMenu(anchor: HTMLElement, about: MemberAbout): void {
  openMenu(anchor, t.members.menu(about.member.person.name), [...forAnybody(about), ...forKeepers(about)]);
}

function forAnybody({ client, member, userId, ignored }: MemberAbout): MenuItem[] {
  const { id, name } = member.person;
  if (id === userId) return [{ label: words.copy, act: () => void navigator.clipboard?.writeText(id) }];
  const ignore = () => confirm(words.ignoreTitle(name), words.ignoreText, words.ignore, () => client.people.ignore(id), explain);
  return [
    { label: words.chat, act: () => follow(client, { kind: "user", id, action: "chat" }) },
    { label: words.copy, act: () => void navigator.clipboard?.writeText(id) },
    ignored ? { label: words.unignore, act: () => say(client.people.unignore(id)) } : { label: words.ignore, act: ignore },
    ...(allows(client, "reportUsers") ? [{ label: words.report, act: () => openReport(client, { userId: id }, name) }] : []),
  ];
}

/** The power of who acts has to be above that of whom it is about. */
function forKeepers(about: MemberAbout): MenuItem[] {
  const { details, member, userId } = about;
  const { can } = details;
  const { membership, power, creator = false } = member;
  if (details.room.membership !== "join") return [];
  const self = member.person.id === userId;
  const above = !creator && !self && power < can.level;
  if (membership === "ban") return can.ban && above ? [{ label: words.unban, act: () => askReason(about, "unban") }] : [];
  return [
    ...(membership === "join" && can.power && !creator && (above || self) ? roles(about) : []),
    ...(can.kick && above && membership !== "knock" ? [{ label: membership === "invite" ? words.uninvite : words.kick, danger: true, act: () => askReason(about, "kick") }] : []),
    ...(can.ban && above ? [{ label: words.ban, danger: true, act: () => askReason(about, "ban") }] : []),
  ];
}

const steps = [0, 50, 100] as const;

function roles(about: MemberAbout): MenuItem[] {
  const { details, member, room, userId } = about;
  const { id, name } = member.person;
  const self = id === userId;
  const offered = steps.filter((step) => step !== member.power && step <= details.can.level && (!self || step < member.power));
  return offered.map((step) => {
    // Nobody can take from another what they have as much of.
    const final = self || step >= details.can.level;
    const set = () => room.setPower(id, step);
    const act = () => (final ? confirm(words.roles[step], self ? words.selfFinal : words.final(name), words.roles[step], set, explain) : say(set()));
    return { label: words.roles[step], act };
  });
}

function say(work: Promise<unknown>): void {
  work.catch((error: unknown) => openDialog(words.failed, () => html`<p class="error" role="alert">${explain(error)}</p>`));
}

type Act = "kick" | "ban" | "unban";

function askReason({ room, details, member }: MemberAbout, what: Act): void {
  const { id, name } = member.person;
  const label = what === "kick" && member.membership === "invite" ? words.uninvite : words[what];
  openDialog(words.ask[what](name, roomName(details.room)), (close) => html`
    <form class="form" @submit=${(event: SubmitEvent) => submit(event, (reason) => room[what](id, reason ? { reason } : {}), close)}>
      <p>${words.about[what]}</p>
      <div class="field">
        <label for="member-reason">${w.reason} <span class="hint">${t.optional}</span></label>
        <input class="input" id="member-reason" name="reason" autocomplete="off" dir="auto" maxlength="500" autofocus aria-describedby="member-reason-hint">
        <p class="hint" id="member-reason-hint">${w.reasonHint}</p>
      </div>
      <p class="error" role="alert"></p>
      <div class="dialog-foot">
        <button type="button" class="button" @click=${close}>${t.cancel}</button>
        <button class="button" data-kind=${what === "unban" ? "primary" : "danger"}>${label}</button>
      </div>
    </form>`);
}

function submit(event: SubmitEvent, act: (reason: string) => Promise<void>, close: () => void): void {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const button = form.querySelector<HTMLButtonElement>("button:not([type])");
  if (button?.ariaDisabled === "true") return;
  if (button) button.ariaDisabled = "true";
  const failed = (error: unknown) => {
    if (button) button.ariaDisabled = "false";
    form.querySelector(".error")?.replaceChildren(explain(error));
  };
  act(String(new FormData(form).get("reason") ?? "").trim()).then(close, failed);
}
