// Runs the UI in Chromium. A page's console errors and uncaught exceptions
// fail the test that caused them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type BrowserContext, type Page } from "playwright-core";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const executablePath = findChromium();
const args = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
];

export type Options = {
  readonly wide?: boolean;
  readonly dark?: boolean;
  readonly reducedMotion?: boolean;
  readonly forcedColors?: boolean;
  readonly touch?: boolean;
};

/** The browser that CHROMIUM names, or one of the usual names in the path. */
function findChromium(): string {
  const names = [process.env["CHROMIUM"] ?? "", "chromium", "chromium-browser", "google-chrome"].filter(Boolean);
  const paths = (process.env["PATH"] ?? "").split(delimiter);
  const found = names.flatMap((name) => (name.includes("/") ? [name] : paths.map((path) => join(path, name)))).find((file) => existsSync(file));
  assert.ok(found, "Chromium is missing; install it, or name its program in CHROMIUM");
  return found;
}

/** Chromium reports every request that fails as an error of the page, which tests without a network expect. */
export const failedRequests = /Failed to load resource|ERR_|net::/;

/** A browser with a profile of its own, which outlives its pages. */
export class Browser {
  readonly profile = mkdtempSync(join(tmpdir(), "alcove-e2e-"));
  readonly problems: string[] = [];
  #context: BrowserContext | undefined;

  async open(options: Options = {}): Promise<BrowserContext> {
    this.#context = await chromium.launchPersistentContext(this.profile, {
      executablePath,
      args,
      headless: true,
      viewport: options.wide === false ? { width: 390, height: 780 } : { width: 1280, height: 800 },
      colorScheme: options.dark ? "dark" : "light",
      reducedMotion: options.reducedMotion ? "reduce" : "no-preference",
      forcedColors: options.forcedColors ? "active" : "none",
      ...(options.touch && { hasTouch: true, isMobile: true }),
      locale: "en-GB",
    });
    // The test's compiler names functions with a helper that the page has not.
    await this.#context.addInitScript("globalThis.__name ??= (f) => f");
    this.#context.setDefaultTimeout(30_000);
    this.#context.on("page", (page) => this.#watch(page));
    for (const page of this.#context.pages()) this.#watch(page);
    return this.#context;
  }

  /** The page that is open already. */
  get page(): Page {
    const page = this.#context?.pages()[0];
    assert.ok(page, "the browser has no page");
    return page;
  }

  /** Closes the browser; the profile stays. */
  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** Fails if a page reported an error, other than those expected. */
  check(expected = /^$/): void {
    assert.deepEqual(this.problems.filter((problem) => !expected.test(problem)), []);
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #watch(page: Page): void {
    page.on("pageerror", (error) => this.problems.push(`uncaught: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
  }
}

/** Serves the UI with the fake client, and builds it unless that was done (as `make test-e2e` does, once for all). */
export async function serveFake(): Promise<{ readonly url: string; close(): void }> {
  const dir = join(root, "build/out/web-fake");
  if (!process.env["ALCOVE_E2E_BUILT"]) {
    execFileSync(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "-c", "web/vite.config.ts", "--mode", "fake"], { cwd: root, stdio: "inherit" });
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const file = join(dir, path === "/" ? "index.html" : path);
    if (path === "/config.json") return response.setHeader("content-type", "application/json").end('{"homeserver":"example.org"}');
    if (!file.startsWith(dir) || !existsSync(file)) return response.writeHead(404).end();
    return response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream").end(readFileSync(file));
  });
  return { url: await listen(server), close: () => server.close() };
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json",
};

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    });
  });
}
