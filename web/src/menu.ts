// A menu at a button (ARIA menu pattern). Escape, Tab and a press elsewhere
// close it; the focus goes back to the button.
import { html, render } from "lit";

export type MenuItem = { readonly label: string; readonly danger?: boolean; readonly act: () => void };

export function openMenu(anchor: HTMLElement, label: string, items: readonly MenuItem[]): void {
  const menu = document.createElement("div");
  menu.className = "menu";
  menu.popover = "auto";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  const choose = (act: () => void) => {
    menu.hidePopover();
    act();
  };
  render(items.map(({ label, danger, act }) => html`
    <button type="button" role="menuitem" tabindex="-1" data-kind=${danger ? "danger" : "plain"} @click=${() => choose(act)}>${label}</button>`), menu);
  menu.addEventListener("keydown", walk);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const within = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    if (within && anchor.isConnected) anchor.focus();
  });
  (anchor.closest("main") ?? document.body).append(menu);
  menu.showPopover();
  place(menu, anchor);
  menu.querySelector("button")?.focus();
}

function place(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + height < innerHeight;
  menu.style.insetBlockStart = `${Math.max(4, below ? at.bottom + 2 : at.top - height - 2)}px`;
  menu.style.insetInlineStart = `${Math.max(4, Math.min(at.right - width, innerWidth - width - 4))}px`;
}

function walk(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  const buttons = [...menu.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
  if (event.key === "Tab" || event.key === "Escape") menu.hidePopover();
  else if (to === undefined) return;
  else buttons[to % buttons.length]?.focus();
  event.preventDefault();
}
