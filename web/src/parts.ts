// Small pieces of markup that several views share.
import { html, nothing, svg, type TemplateResult } from "lit";
import { formatISO } from "./format.js";
import { t } from "./messages.js";
import { initialsOf, toneOf } from "./person.js";
import { splitLinks } from "./link.js";

const icons = {
  back: svg`<path d="M15 5l-7 7 7 7"/>`,
  details: svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 7.6v.2"/>`,
  settings: svg`<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2"/>`,
  add: svg`<path d="M12 5v14M5 12h14"/>`,
  send: svg`<path d="M5 12h13M12 5l7 7-7 7"/>`,
  close: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  help: svg`<rect x="3" y="6" width="18" height="12" rx="2"/><path d="M7 10h.1M11 10h.1M15 10h.1M8 14h8"/>`,
  down: svg`<path d="M12 5v13M6 12l6 6 6-6"/>`,
  up: svg`<path d="M12 19V6M6 12l6-6 6 6"/>`,
  star: svg`<path d="M12 4l2.4 5 5.6.8-4 3.9 1 5.5-5-2.7-5 2.7 1-5.5-4-3.9 5.6-.8z"/>`,
  lock: svg`<rect x="6" y="11" width="12" height="9" rx="2"/><path d="M9 11V8a3 3 0 0 1 6 0v3"/>`,
  shield: svg`<path d="M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z"/>`,
  doubt: svg`<path d="M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z"/><path d="M12 8v4.5M12 15.4v.2"/>`,
  eye: svg`<path d="M3 12c4-7 14-7 18 0-4 7-14 7-18 0z"/><circle cx="12" cy="12" r="2.5"/>`,
  image: svg`<rect x="4" y="5" width="16" height="14" rx="2"/><path d="M4 16l4-4 4 4 3-3 5 5M15.5 9.5v.1"/>`,
  video: svg`<rect x="3" y="6" width="12" height="12" rx="2"/><path d="M15 11l6-3v8l-6-3z"/>`,
  audio: svg`<path d="M9 17V6l10-2v11"/><circle cx="6.5" cy="17" r="2.5"/><circle cx="16.5" cy="15" r="2.5"/>`,
  file: svg`<path d="M7 3h7l4 4v14H7z"/><path d="M14 3v4h4"/>`,
  place: svg`<path d="M12 21c-4-4.5-6-7.5-6-10.5a6 6 0 0 1 12 0c0 3-2 6-6 10.5z"/><circle cx="12" cy="10.5" r="2"/>`,
  reply: svg`<path d="M10 6l-6 5 6 5M4 11h9c4 0 7 2 7 7"/>`,
  pin: svg`<path d="M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5"/>`,
  unpin: svg`<path d="M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5M4 4l16 16"/>`,
  edit: svg`<path d="M5 19l1-4L16 5l3 3L9 18zM14 7l3 3"/>`,
  thread: svg`<path d="M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5"/>`,
  smile: svg`<circle cx="12" cy="12" r="9"/><path d="M8.5 14c1.5 2.7 5.5 2.7 7 0M9 9.5v.1M15 9.5v.1"/>`,
  dots: svg`<path d="M6 12h.1M12 12h.1M18 12h.1"/>`,
  format: svg`<path d="M4 18L9 6l5 12M6 14h6M16 18l2.5-6 2.5 6M17 16h3"/>`,
  poll: svg`<path d="M6 20V10M12 20V4M18 20v-7"/>`,
  home: svg`<path d="M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6"/>`,
  compass: svg`<circle cx="12" cy="12" r="9"/><path d="M15.5 8.5l-2 5-5 2 2-5z"/>`,
  right: svg`<path d="M9 5l7 7-7 7"/>`,
  person: svg`<circle cx="12" cy="8" r="4"/><path d="M4 20c1-9 15-9 16 0"/>`,
  search: svg`<circle cx="11" cy="11" r="6"/><path d="M16 16l4 4"/>`,
} as const;

export type IconName = keyof typeof icons;

export const icon = (name: IconName): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" data-icon=${name}>${icons[name]}</svg>`;

/** A button that is an icon; its label is its tooltip too. */
export const iconButton = (name: IconName, label: string, onClick: (e: Event) => void): TemplateResult =>
  html`<button type="button" class="icon-button" title=${label} aria-label=${label} @click=${onClick}>${icon(name)}</button>`;

/** Initials on a colour. The name stands beside it, so it says nothing itself. */
export const avatar = (id: string, name: string, options: { room?: boolean; size?: "tiny" | "large" } = {}): TemplateResult =>
  html`<span class="avatar" aria-hidden="true" data-tone=${toneOf(id)} data-size=${options.size ?? nothing}
    data-shape=${options.room ? "room" : nothing}>${initialsOf(name)}</span>`;

/** Plain text with links in it. Nodes only, never markup from outside. */
export const linked = (text: string) =>
  splitLinks(text).map(({ text, to }) => {
    if (to?.kind === "matrix") return html`<alcove-pill .to=${to}></alcove-pill>`;
    return to ? html`<a href=${to.href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>` : text;
  });

/** A timestamp that a machine can read. */
export const moment = (ts: number, text: string, title: string): TemplateResult =>
  html`<time datetime=${formatISO(ts)} title=${title}>${text}</time>`;

type SecretOptions = { readonly autocomplete: "current-password" | "new-password"; readonly invalid?: boolean; readonly describedBy?: string };

/** A field for a password or passphrase, which can be looked at. */
export const secretField = (name: string, label: string, { autocomplete, invalid, describedBy }: SecretOptions): TemplateResult => html`
  <div class="field">
    <label for=${name}>${label}</label>
    <div class="secret">
      <input class="input" id=${name} name=${name} type="password" required autocomplete=${autocomplete} dir="ltr"
        autocapitalize="none" spellcheck="false" aria-invalid=${invalid ? "true" : nothing} aria-describedby=${describedBy ?? nothing}>
      <button type="button" class="icon-button" aria-pressed="false" aria-controls=${name} aria-label=${t.showTyped} title=${t.showTyped}
        @click=${showTyped}>${icon("eye")}</button>
    </div>
  </div>`;

function showTyped(event: Event): void {
  const button = event.currentTarget as HTMLButtonElement;
  const field = button.previousElementSibling as HTMLInputElement;
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.ariaPressed = String(!shown);
}
