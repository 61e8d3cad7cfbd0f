// Tells those who run the homeserver of a room or a person.
import type { Client, ReportParams } from "alcove";
import { html } from "lit";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";

const words = w.report;

export function openReport(client: Client, what: Omit<ReportParams, "reason">, name: string): void {
  openDialog(words.room(name), (close) => html`
    <form class="form" novalidate @submit=${(event: SubmitEvent) => submit(event, (reason) => client.report({ ...what, reason }), close)}>
      <p>${words.text}</p>
      <div class="field">
        <label for="report-reason">${words.why}</label>
        <textarea class="input" id="report-reason" name="reason" rows="3" dir="auto" maxlength="1000" autofocus aria-describedby="report-problem"></textarea>
      </div>
      <p class="error" role="alert" id="report-problem"></p>
      <div class="dialog-foot">
        <button type="button" class="button" @click=${close}>${t.cancel}</button>
        <button class="button" data-kind="danger">${words.submit}</button>
      </div>
    </form>`);
}

function submit(event: SubmitEvent, report: (reason: string) => Promise<void>, close: () => void): void {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const say = (text: string) => form.querySelector(".error")?.replaceChildren(text);
  const reason = String(new FormData(form).get("reason") ?? "").trim();
  if (!reason) return say(words.need);
  report(reason).then(close, (error: unknown) => say(explain(error)));
}
