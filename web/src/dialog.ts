// Opens modal dialogs. Focus goes back to where it was, as long as that is
// still on the page and nobody moved it since.
import { html, render, type TemplateResult } from "lit";
import { iconButton } from "./parts.js";
import { t } from "./messages.js";

let ids = 0;

/**
 * Shows a dialog until it is closed. `content` is drawn again by the element
 * inside it; a dialog that changes is an element of its own.
 */
export function openDialog(title: string, content: (close: () => void) => TemplateResult): HTMLDialogElement {
  const before = document.activeElement;
  const dialog = document.createElement("dialog");
  const id = `dialog-${++ids}`;
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", id);
  const close = () => dialog.close();
  render(html`
    <div class="dialog-body">
      <div class="dialog-head"><h2 id=${id}>${title}</h2>${iconButton("close", t.close, close)}</div>
      ${content(close)}
    </div>`, dialog);
  dialog.addEventListener("pointerdown", (event) => closeOnBackdrop(dialog, event));
  dialog.addEventListener("close", () => {
    const stays = document.activeElement !== document.body && !dialog.contains(document.activeElement);
    dialog.remove();
    if (!stays && before instanceof HTMLElement && before.isConnected) before.focus(); // the event comes late: the user may be elsewhere
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Closes them at once, as when what they are about has gone. */
export function closeDialogs(): void {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.close();
    dialog.remove();
  }
}

function closeOnBackdrop(dialog: HTMLDialogElement, event: MouseEvent): void {
  if (event.target !== dialog) return;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
  if (!inside) dialog.close();
}

/** Asks before something that cannot be taken back. `act` may throw; its error is shown. */
export function confirm(title: string, text: string, action: string, act: () => Promise<void>, failed: (error: unknown) => string): void {
  openDialog(title, (close) => html`
    <p>${text}</p>
    <p class="hint" role="status"></p>
    <p class="error" role="alert"></p>
    <div class="dialog-foot">
      <button type="button" class="button" autofocus @click=${close}>${t.cancel}</button>
      <button type="button" class="button" data-kind="danger" @click=${(event: Event) => run(event, act, close, failed)}>${action}</button>
    </div>`);
}

const patienceMs = 1_000;

async function run(event: Event, act: () => Promise<void>, close: () => void, failed: (error: unknown) => string): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement;
  const say = (selector: string, text: string) => button.closest("dialog")?.querySelector(selector)?.replaceChildren(text);
  button.disabled = true;
  say(".error", "");
  const late = setTimeout(() => say(".hint", t.patience), patienceMs);
  try {
    await act();
    close();
  } catch (error) {
    button.disabled = false;
    say(".error", failed(error));
  }
  clearTimeout(late);
  say(".hint", "");
}
