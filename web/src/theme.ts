// The theme the user chose; "system" leaves it to the browser.
import { Held } from "./view.js";

export type Theme = "system" | "light" | "dark";
export const themes: readonly Theme[] = ["system", "light", "dark"];

const key = "alcove.theme";

export const theme = new Held<Theme>(read());

export function setTheme(value: Theme): void {
  theme.set(value);
  apply(value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that stores nothing forgets the choice, no more.
  }
}

export function applyStoredTheme(): void {
  apply(theme.getSnapshot());
}

function apply(value: Theme): void {
  if (value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = value;
}

function read(): Theme {
  try {
    const stored = localStorage.getItem(key);
    return themes.find((name) => name === stored) ?? "system";
  } catch {
    return "system";
  }
}
