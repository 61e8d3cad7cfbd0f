// What the buttons in a timeline's rows do.
import type { EventItem, IdentityState, LiveRoom, LiveTimeline, SendHandle, TimelineItem } from "alcove";
import { copy } from "../clipboard.js";
import { readContent } from "../content.js";
import { confirm } from "../dialog.js";
import { explain } from "../errors.js";
import { openMenu, type MenuItem } from "../menu.js";
import { t } from "../messages.js";
import type { Pressed } from "../reactions.js";
import { navigate } from "../route.js";
import type { MessageRow } from "../rows.js";
import { openMessageDetails } from "./message-details.js";
import { pinItem } from "./pins.js";
import { openRemove } from "./remove.js";
import type { Can, RowActions } from "./row/actions.js";

export interface ActsHost {
  readonly room: LiveRoom;
  readonly timeline: LiveTimeline;
  readonly items: readonly TimelineItem[];
  readonly userId: string;
  readonly identity: IdentityState | undefined;
  readonly loading: boolean;
  readonly can: Can;
  /** The ids of what is pinned in the room. */
  readonly pinned: readonly string[];
  /** Whether the row is pointed at or focused. */
  isHot(key: string): boolean;
  requestUpdate(): void;
  loadGap(): void;
  showEvent(eventId: string): void;
  /** Reads a text out. */
  say(text: string): void;
  focusList(): void;
  dispatchEvent(event: Event): boolean;
}

/** What is to be written: asked of the composer beside the timeline. */
export type ComposeEvent = CustomEvent<{ readonly kind: "reply" | "edit"; readonly item: TimelineItem }>;

/** A press shows for this long after the core took it in, unless its reaction is there before. */
const pressMs = 1_000;

export class RowActs implements RowActions {
  readonly #host: ActsHost;
  readonly #open = new Set<string>();
  readonly #pressed = new Map<string, Map<string, boolean>>();

  constructor(host: ActsHost) {
    this.#host = host;
  }

  get userId() { return this.#host.userId; }
  get identity() { return this.#host.identity; }
  get loading() { return this.#host.loading; }
  get predecessor() { return this.#host.room.getSnapshot()?.predecessor; }
  get can() { return this.#host.can; }

  isHot(key: string): boolean {
    return this.#host.isHot(key);
  }

  isOpen(keys: readonly string[]): boolean {
    return keys.some((key) => this.#open.has(key));
  }

  toggle(keys: readonly string[]): void {
    const open = this.isOpen(keys);
    for (const key of keys) {
      if (open) this.#open.delete(key);
      else this.#open.add(key);
    }
    this.#host.requestUpdate();
  }

  isPinned({ event }: MessageRow): boolean {
    return event.id !== undefined && this.#host.pinned.includes(event.id);
  }

  loadGap(): void {
    this.#host.loadGap();
  }

  show(eventId: string): void {
    this.#host.showEvent(eventId);
  }

  // Sending

  retry({ key, event }: MessageRow): void {
    this.#try(this.#handle(key, event)?.retry());
  }

  cancel({ key, event }: MessageRow): void {
    this.#try(this.#handle(key, event)?.cancel());
    this.#host.focusList();
  }

  #handle(key: string, { txnId }: EventItem): SendHandle | undefined {
    return txnId ? this.#host.room.send.handle(key, txnId) : undefined;
  }

  // Reactions

  pressed(key: string): Pressed | undefined {
    return this.#pressed.get(key);
  }

  /** Painted at once; what the core says of it comes a little later. */
  react({ key }: MessageRow, reaction: string, on: boolean): void {
    if (!this.can.send) return;
    const pressed = this.#pressed.get(key) ?? new Map<string, boolean>();
    this.#pressed.set(key, pressed.set(reaction, on));
    this.#host.requestUpdate();
    const { timeline } = this.#host;
    const done: Promise<unknown> = on ? timeline.react(key, reaction) : timeline.unreact(key, reaction);
    done.then(() => setTimeout(() => this.#release(key, reaction, on), pressMs), (error: unknown) => {
      this.#release(key, reaction, on);
      this.#host.say(explain(error));
    });
  }

  #release(key: string, reaction: string, on: boolean): void {
    const pressed = this.#pressed.get(key);
    if (pressed?.get(reaction) !== on) return; // pressed again since
    pressed.delete(reaction);
    if (pressed.size === 0) this.#pressed.delete(key);
    this.#host.requestUpdate();
  }

  pick(row: MessageRow): void {
    const failed = () => this.#host.say(t.emoji.failed);
    import("../emoji/picker.js").then(({ openEmoji }) => openEmoji(t.emoji.title, (emoji) => this.react(row, emoji, true)), failed);
  }

  // Writing

  reply(row: MessageRow): void {
    this.#compose("reply", row);
  }

  edit(row: MessageRow): void {
    this.#compose("edit", row);
  }

  #compose(kind: "reply" | "edit", { key }: MessageRow): void {
    const item = this.#host.items.find((one) => one.key === key);
    if (item) this.#host.dispatchEvent(new CustomEvent("alcove-compose", { detail: { kind, item }, bubbles: true }));
  }

  openThread(thread: string): void {
    navigate({ room: this.#host.room.id, thread });
  }

  // Polls

  canVote({ event }: MessageRow): boolean {
    return this.can.send && event.id !== undefined;
  }

  vote({ key }: MessageRow, answers: readonly string[]): void {
    this.#try(this.#host.timeline.vote(key, answers));
  }

  endPoll({ key }: MessageRow): void {
    confirm(t.poll.endTitle, t.poll.endText, t.poll.end, async () => void (await this.#host.timeline.endPoll(key)), explain);
  }

  // The menu

  menu(row: MessageRow, button: HTMLElement): void {
    openMenu(button, t.message.actions, this.#menu(row));
  }

  #menu(row: MessageRow): MenuItem[] {
    const { event } = row;
    const text = event.crypto?.state === "failed" ? "" : wordsIn(event);
    const mayRemove = event.own ? this.can.send : this.can.redact;
    return [
      ...(text ? [{ label: t.message.copy, act: () => this.#copy(Promise.resolve(text), t.message.copied) }] : []),
      { label: t.message.details, act: () => openMessageDetails(row) },
      ...(event.id ? [{ label: t.message.copyLink, act: () => this.#copy(this.#host.room.link({ event: event.id }), t.message.linkCopied) }] : []),
      ...(event.id && this.can.pin ? [pinItem(this.#host.room, event.id, this.isPinned(row), (text) => this.#host.say(text))] : []),
      ...(mayRemove ? [{ label: t.message.remove, danger: true, act: () => openRemove((reason) => this.#host.timeline.redact(row.key, { reason })) }] : []),
    ];
  }

  #copy(text: Promise<string>, said: string): void {
    this.#try(copy(text).then(() => this.#host.say(said)));
  }

  #try(done: Promise<unknown> | undefined): void {
    done?.catch((error: unknown) => this.#host.say(explain(error)));
  }
}

function wordsIn(event: EventItem): string {
  const content = readContent(event);
  if (event.poll) return event.poll.question;
  return content.kind === "media" ? (content.caption?.body ?? content.name) : content.body;
}
