// A poll: a question, what may be answered, and what was.
import type { Poll, PollAnswer } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../../messages.js";
import { icon } from "../../parts.js";
import type { MessageRow } from "../../rows.js";
import type { RowActions } from "./actions.js";

export function pollCard(row: MessageRow, poll: Poll, act: RowActions): TemplateResult {
  const open = !poll.ended && act.canVote(row);
  const shown = poll.ended || !poll.undisclosed;
  return html`
    <form class="poll" @submit=${(event: Event) => vote(event, row, act)} @change=${(event: Event) => limit(event, poll)}>
      <fieldset>
        <legend><span class="spoken">${t.poll.kind}</span>${icon("poll")}<span dir="auto">${poll.question}</span></legend>
        <ul>${poll.answers.map((answer) => html`<li>${answerRow(row, poll, answer, open, shown)}</li>`)}</ul>
      </fieldset>
      <div class="poll-foot"><p class="hint" role="status">${foot(poll)}</p><span class="poll-acts">
        ${open ? html`<button class="button" data-size="small">${poll.answers.some(({ own }) => own) ? t.poll.change : t.poll.vote}</button>` : nothing}
        ${open && row.event.own ? html`<button type="button" class="button" data-size="small" @click=${() => act.endPoll(row)}>${t.poll.end}</button>` : nothing}</span></div>
    </form>`;
}

function answerRow({ key }: MessageRow, poll: Poll, answer: PollAnswer, open: boolean, shown: boolean): TemplateResult {
  const { id, text, votes, own = false, winner = false } = answer;
  const share = poll.voters ? votes / poll.voters : 0;
  return html`
    <label class="poll-answer" data-winner=${winner ? "" : nothing} data-own=${own ? "" : nothing}>
      ${open
        ? html`<input type=${poll.maxSelections > 1 ? "checkbox" : "radio"} name=${`poll ${key}`} value=${id} .checked=${own}>`
        : html`<span class="poll-own" aria-hidden="true">${own ? "✓" : ""}</span>`}
      <span class="poll-text" dir="auto">${text}${own && !open ? html`<span class="spoken"> (${t.poll.own})</span>` : nothing}
        ${winner ? html`<span class="poll-winner">${icon("star")}${t.poll.winner}</span>` : nothing}</span>
      ${shown ? html`<span class="poll-votes">${t.poll.votes(votes)}</span><progress class="poll-bar" max="1" .value=${share} aria-hidden="true"></progress>` : nothing}
    </label>`;
}

function foot({ ended, undisclosed, voters, maxSelections, send }: Poll): string {
  if (send?.status.state === "failed") return t.poll.failed;
  if (ended) return t.poll.ended(voters);
  const rule = maxSelections > 1 ? t.poll.upTo(maxSelections) : "";
  return [undisclosed ? t.poll.undisclosed : t.poll.voters(voters), rule].filter(Boolean).join(" ");
}

const chosenIn = (form: HTMLFormElement) => [...form.querySelectorAll<HTMLInputElement>("input:checked")];

function vote(event: Event, row: MessageRow, act: RowActions): void {
  event.preventDefault();
  act.vote(row, chosenIn(event.currentTarget as HTMLFormElement).map(({ value }) => value));
}

/** One more than may be chosen is not chosen. */
function limit(event: Event, { maxSelections }: Poll): void {
  const one = event.target as HTMLInputElement;
  if (one.type === "checkbox" && chosenIn(event.currentTarget as HTMLFormElement).length > maxSelections) one.checked = false;
}
