// A thread beside its room: the messages below one of the room's.
import type { Client, LiveRoom, LiveTimeline, RoomDetails } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { iconButton } from "../parts.js";
import { goUp } from "../route.js";
import { roomName } from "../sentences.js";
import { Following, unowned } from "../view.js";
import { Conversation } from "./conversation.js";
import { sameCan, type Can } from "./row/actions.js";
import "./composer.js";
import "./timeline.js";

export class ThreadView extends Conversation {
  static override properties = {
    client: { attribute: false },
    userId: { attribute: false },
    roomId: { attribute: false },
    root: { attribute: false },
  };

  declare client: Client;
  declare userId: string;
  declare roomId: string;
  /** The message that the thread is about. */
  declare root: string;
  readonly #room = new Following<LiveRoom>(this, () => this.roomId, () => this.client.room(this.roomId));
  readonly #encryption = new Following(this, () => this.client, () => unowned(this.client.encryption));
  readonly #timeline = new Following<LiveTimeline>(this, () => `${this.roomId} ${this.root}`, () => this.#room.live?.timeline({ thread: this.root, limit: 50 }));

  #may: Can = { send: false, redact: false, pin: false, threads: false };

  /** Where to write comes with the room's details, a moment after it was asked for. */
  #focusDue = false;

  focusFirst(): void {
    this.#focusDue = !matchMedia("(pointer: coarse)").matches;
    this.find("#thread-title")?.focus();
    this.#focusText();
  }

  protected override updated(): void {
    this.#focusText();
  }

  /** Whoever has gone elsewhere by then stays there. */
  #focusText(): void {
    const { composer } = this;
    if (!this.#focusDue || !composer) return;
    this.#focusDue = false;
    void composer.updateComplete.then(() => {
      if (document.activeElement?.id === "thread-title") composer.focusText();
    });
  }

  protected override render(): TemplateResult {
    const details = this.#room.snapshot;
    const { live } = this.#timeline;
    return html`
      <aside class="thread" aria-labelledby="thread-title">
        <header class="thread-head">
          <h1 tabindex="-1" id="thread-title">${t.message.thread}</h1>
          ${iconButton("close", t.message.closeThread, () => goUp({ room: this.roomId }))}
        </header>
        ${live?.error ? html`<p class="error" role="alert">${explain(live.error)}</p>` : nothing}
        ${details && live ? keyed(this.root, html`
          <alcove-timeline .room=${this.#room.live} .timeline=${live} .thread=${this.root} .items=${this.#timeline.snapshot ?? []} .name=${roomName(details.room)} .userId=${this.userId}
            .can=${this.#can(details)} .pinned=${details.pinned ?? []} .stale=${live.stale} .identity=${this.#encryption.snapshot?.identity}></alcove-timeline>
          ${this.#may.send ? html`
            <alcove-composer .room=${this.#room.live} .timeline=${live} .thread=${this.root} .userId=${this.userId} .name=${roomName(details.room)}
              .encrypted=${details.room.encrypted ?? false}></alcove-composer>` : nothing}`) : nothing}
      </aside>`;
  }

  #can({ can: { send, redact, pin }, room }: RoomDetails): Can {
    const joined = room.membership === "join";
    const may = { send: send && joined, redact, pin: pin && joined, threads: false };
    if (!sameCan(may, this.#may)) this.#may = may;
    return this.#may;
  }
}

customElements.define("alcove-thread", ThreadView);
