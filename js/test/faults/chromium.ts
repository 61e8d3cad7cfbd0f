// A Chromium that a test may kill: in a process group of its own, with a
// profile that outlives it.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext, Page } from "playwright-core";

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--disable-quic", "--disable-breakpad", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check",
  "--hide-crash-restore-bubble", "--remote-debugging-port=0",
];

/** Profile is a folder for one browser at a time. */
export class Profile {
  readonly path = mkdtempSync(join(tmpdir(), "alcove-profile-"));
  readonly #more: readonly string[];
  #running: Chromium | undefined;

  /** features are those of Chromium to switch on, such as IdbSqliteBackingStore. */
  constructor(features: string | undefined = process.env["CHROMIUM_FEATURES"], more: readonly string[] = []) {
    this.#more = features ? [...more, `--enable-features=${features}`] : more;
  }

  async launch(): Promise<Chromium> {
    const program = process.env["CHROMIUM"] || "chromium";
    const child = spawn(program, [...flags, ...this.#more, `--user-data-dir=${this.path}`, "about:blank"], {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#running = await Chromium.connect(child);
    return this.#running;
  }

  /** copy is another profile with the same in it. No browser may run in this one. */
  copy(): Profile {
    const copy = new Profile("", this.#more);
    cpSync(this.path, copy.path, { recursive: true, filter: (file) => !file.includes("Singleton") });
    return copy;
  }

  async remove(): Promise<void> {
    await this.#running?.kill();
    rmSync(this.path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Chromium is one run of the browser. */
export class Chromium {
  readonly browser: Browser;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess, browser: Browser) {
    this.#child = child;
    this.#ended = child.exitCode ?? child.signalCode ? Promise.resolve() : once(child, "exit");
    this.browser = browser;
  }

  static async connect(child: ChildProcess): Promise<Chromium> {
    child.once("error", () => {}); // shows as an address that never comes
    if (!child.stderr) throw new Error("no output of the browser");
    let said = "";
    for await (const line of createInterface(child.stderr)) {
      said += `${line}\n`;
      const [, address] = /DevTools listening on (\S+)/.exec(line) ?? [];
      if (!address) continue;
      child.stderr.resume();
      return new Chromium(child, await chromium.connectOverCDP(address));
    }
    throw new Error(`the browser ended: ${said}`);
  }

  /** context is the profile itself: other contexts keep nothing on disk. */
  get context(): BrowserContext {
    const [context] = this.browser.contexts();
    if (!context) throw new Error("the browser has no profile");
    return context;
  }

  page(): Promise<Page> {
    return this.context.newPage();
  }

  /** renderer is the id of the process that a page runs in. Only traces tell it. */
  async renderer(page: Page): Promise<number> {
    await this.browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
    const trace = JSON.parse((await this.browser.stopTracing()).toString()) as Trace;
    const [frame] = trace.traceEvents.find(({ name }) => name === "TracingStartedInBrowser")?.args.data?.frames ?? [];
    if (!frame) throw new Error("the trace does not tell the page's process");
    return frame.processId;
  }

  /**
   * freeze stops a page's process, page and worker alike, and returns how to
   * let it go on. (DevTools freeze hidden pages alone, and a driven page never
   * is.)
   */
  async freeze(page: Page): Promise<() => void> {
    const id = await this.renderer(page);
    process.kill(id, "SIGSTOP");
    return () => process.kill(id, "SIGCONT");
  }

  /** quit is what the user does: all that waits to be written is. */
  async quit(): Promise<void> {
    const session = await this.browser.newBrowserCDPSession();
    session.send("Browser.close").catch(() => {}); // it does not live to answer
    await this.#ended;
  }

  /** kill ends all processes of the browser at once, as a power switch does for them. */
  async kill(): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    process.kill(-this.#child.pid, "SIGKILL");
    await this.#ended;
  }
}

type Trace = { traceEvents: { name: string; args: { data?: { frames?: { processId: number }[] } } }[] };
