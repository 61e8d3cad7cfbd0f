// A dialog that asks for a poll's question and answers.
import type { LiveTimeline } from "alcove";
import { html, type TemplateResult } from "lit";
import { openDialog } from "../dialog.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { View } from "../view.js";

/** A poll has no more answers than this (MSC3381). */
const mostAnswers = 20;

export function openCreatePoll(timeline: LiveTimeline): void {
  openDialog(t.poll.create, (close) => html`<alcove-create-poll .timeline=${timeline} .close=${close}></alcove-create-poll>`);
}

export class CreatePoll extends View {
  static override properties = {
    answers: { state: true },
    problem: { state: true },
  };

  timeline: LiveTimeline | undefined;
  close: () => void = () => {};
  /** How many fields there are. */
  declare answers: number;
  declare problem: string;

  constructor() {
    super();
    this.answers = 2;
    this.problem = "";
  }

  protected override firstUpdated(): void {
    this.find("#poll-question")?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <form class="form" novalidate @submit=${this.#onSubmit}>
        ${field("poll-question", "question", t.poll.question)}
        ${Array.from({ length: this.answers }, (_, n) => field(`poll-answer-${n + 1}`, "answer", t.poll.answer(n + 1)))}
        <div><button type="button" class="button" data-size="small" ?disabled=${this.answers >= mostAnswers} @click=${this.#add}>${t.poll.addAnswer}</button></div>
        <label class="check"><input type="checkbox" name="several"><span>${t.poll.several}</span></label>
        <label class="check"><input type="checkbox" name="secret"><span>${t.poll.secret}</span></label>
        <p class="error" role="alert">${this.problem}</p>
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind="primary">${t.poll.submit}</button>
        </div>
      </form>`;
  }

  readonly #add = (): void => {
    this.answers++;
    void this.updateComplete.then(() => this.find(`#poll-answer-${this.answers}`)?.focus());
  };

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const question = String(data.get("question")).trim();
    const answers = data.getAll("answer").map((one) => String(one).trim()).filter(Boolean);
    if (!question || answers.length < 2) {
      this.problem = t.poll.incomplete;
      return;
    }
    const options = { undisclosed: data.has("secret"), maxSelections: data.has("several") ? answers.length : 1 };
    this.timeline?.send.poll(question, answers, options).then(this.close, (error: unknown) => (this.problem = explain(error)));
  };
}

const field = (id: string, name: string, label: string) => html`
  <div class="field"><label for=${id}>${label}</label><input class="input" id=${id} name=${name} dir="auto" autocomplete="off" maxlength="340"></div>`;

customElements.define("alcove-create-poll", CreatePoll);
