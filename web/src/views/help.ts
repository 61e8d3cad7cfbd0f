// The list of keyboard shortcuts.
import { html, type TemplateResult } from "lit";
import { openDialog } from "../dialog.js";
import { t } from "../messages.js";

const keys: readonly (readonly [readonly string[], string])[] = [
  [["Ctrl K"], t.help.filter],
  [["Alt ↑"], t.help.previous],
  [["Alt ↓"], t.help.next],
  [["Escape"], t.help.composer],
  [["Enter"], t.help.send],
  [["Shift Enter"], t.help.newline],
  [["↑"], t.help.editLast],
  [["@", ":"], t.help.complete],
  [["↑", "↓"], t.help.arrows],
  [["Home", "End"], t.help.ends],
  [["Page Up", "Page Down"], t.help.older],
  [["→", "←"], t.help.inSpace],
  [["Alt ↑", "Alt ↓"], t.help.moveSpace],
  [["Ctrl /"], t.help.help],
  [["/me"], t.help.me],
  [["/notice"], t.help.noticeCommand],
];

const row = ([names, what]: (typeof keys)[number]): TemplateResult => html`
  <dt>${names.map((name, i) => html`${i ? ` ${t.help.keyOr} ` : ""}${name.split(/ (?=\S)/).length > 1 && !name.startsWith("Page")
    ? name.split(" ").map((key, j) => html`${j ? "+" : ""}<kbd>${key}</kbd>`) : html`<kbd>${name}</kbd>`}`)}</dt>
  <dd>${what}</dd>`;

export function openHelp(): void {
  if (document.querySelector("dialog[open]")) return;
  openDialog(t.help.title, () => html`<dl class="facts shortcuts">${keys.map(row)}</dl>`);
}
