// Asks before a message is removed for everybody, and for what reason.
import { html } from "lit";
import { openDialog } from "../dialog.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";

export function openRemove(remove: (reason: string | undefined) => Promise<unknown>): void {
  openDialog(t.message.removeTitle, (close) => html`
    <form class="form" @submit=${(event: Event) => submit(event, remove, close)}>
      <p>${t.message.removeText}</p>
      <div class="field">
        <label for="remove-reason">${t.message.removeReason} <span class="hint">${t.optional}</span></label>
        <input class="input" id="remove-reason" name="reason" autocomplete="off" dir="auto" maxlength="500" autofocus>
      </div>
      <p class="error" role="alert"></p>
      <div class="dialog-foot">
        <button type="button" class="button" @click=${close}>${t.cancel}</button>
        <button class="button" data-kind="danger">${t.message.remove}</button>
      </div>
    </form>`);
}

/** The core keeps what it was told: the dialog need not wait for the server. */
function submit(event: Event, remove: (reason: string | undefined) => Promise<unknown>, close: () => void): void {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const reason = String(new FormData(form).get("reason") ?? "").trim();
  remove(reason || undefined).then(close, (error: unknown) => form.querySelector(".error")?.replaceChildren(explain(error)));
}
