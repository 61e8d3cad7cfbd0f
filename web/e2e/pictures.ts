// Pictures of a page, for people to judge: each wide and light, and narrow and
// dark. They are written below build/out, where CI may take them from.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "./harness.js";

const looks = [
  { name: "narrow-dark", size: { width: 390, height: 780 }, colorScheme: "dark" },
  { name: "wide-light", size: { width: 1280, height: 800 }, colorScheme: "light" },
] as const;

export class Pictures {
  readonly #dir: string;
  #step = 0;

  /** Of an earlier time are none left. */
  constructor(what: string) {
    this.#dir = join(root, "build/out/pictures", what);
    rmSync(this.#dir, { recursive: true, force: true });
    mkdirSync(this.#dir, { recursive: true });
  }

  /** Leaves the page as the last look has it. */
  async take(page: Page, what: string): Promise<void> {
    const step = String(++this.#step).padStart(2, "0");
    for (const { name, size, colorScheme } of looks) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running" || one.effect?.getComputedTiming().iterations === Infinity));
      await page.screenshot({ path: join(this.#dir, `${step}-${what}-${name}.png`) });
    }
  }
}
