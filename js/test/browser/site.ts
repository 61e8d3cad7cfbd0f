import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import type { BrowserContext, Page } from "playwright-core";

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const packed = join(root, "build/out/package");
const apps = join(root, "js/test/apps");

/** What is started or made is undone in the opposite order. */
export class Cleanup {
  readonly #undo: (() => unknown)[] = [];

  add(undo: () => unknown): void {
    this.#undo.push(undo);
  }

  async run(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }
}

export function folder(cleanup: Cleanup): string {
  const path = mkdtempSync(join(tmpdir(), "alcove-js-"));
  cleanup.add(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** serve serves a folder and, on the same origin, the sandbox homeserver. */
export async function serve(web: string, cleanup: Cleanup): Promise<string> {
  const program = join(root, "build/out/serve");
  execFileSync("go", ["build", "-o", program, "./build/serve"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (!existsSync(join(web, "index.html"))) writeFileSync(join(web, "index.html"), "<!doctype html>");
  const process_ = spawn(program, ["-web", web], {
    cwd: root,
    env: { ...process.env, PORT: "0", HOMESERVER: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => process_.once("exit", resolve));
  cleanup.add(() => (process_.kill(), ended));
  let said = "";
  for await (const chunk of process_.stdout) {
    said += String(chunk);
    const [, origin] = /Alcove is at (\S+)/.exec(said) ?? [];
    if (origin) return origin;
  }
  throw new Error(`build/serve ended: ${said}`);
}

/** browse opens a browser with a profile of its own, which survives on disk. */
export async function browse(profile: string, cleanup: Cleanup): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
  });
  cleanup.add(() => context.close());
  // The compiler that runs these tests marks functions that go to the page with a name.
  await context.addInitScript("globalThis.__name = (of) => of");
  return context;
}

/** findChromium prefers what the variable CHROMIUM names, as the other tests do. */
function findChromium(): string {
  const names = [process.env["CHROMIUM"] ?? "", "chromium", "chromium-browser", "google-chrome"];
  const folders = ["", ...(process.env["PATH"] ?? "").split(delimiter)];
  const paths = names.flatMap((name) => (name ? folders.map((path) => join(path, name)) : []));
  const found = paths.find((path) => isAbsolute(path) && existsSync(path));
  if (!found) throw new Error("Chromium is missing; install it, or name its program in CHROMIUM");
  return found;
}

/** install makes a copy of a test app that has the packed package installed, as from a registry. */
export function install(app: string, to: string): string {
  const tarball = pack(to);
  const path = join(to, app);
  cpSync(join(apps, app), path, { recursive: true });
  copyFileSync(join(apps, "app.js"), join(path, "app.js"));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", tarball], path);
  return path;
}

function pack(to: string): string {
  const there = () => readdirSync(to).find((name) => name.endsWith(".tgz"));
  if (!there()) {
    for (const file of ["index.js", "worker.js", "alcove.wasm"]) {
      if (!existsSync(join(packed, file))) throw new Error(`${file} is not built; run make build`);
    }
    mkdirSync(to, { recursive: true });
    run("npm", ["pack", "--pack-destination", to], root);
  }
  return join(to, there() ?? "");
}

/** run runs a program and shows what it says only where it fails. */
export function run(program: string, args: readonly string[], cwd: string): void {
  try {
    execFileSync(program, args, { cwd, stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    throw new Error(`${program} ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}

/** tool is a bundler's program in this project's own node_modules. */
export function tool(path: string): string {
  return join(root, "node_modules", path);
}

/** settled waits until the app is up or has failed, and returns which. */
export async function settled(page: Page): Promise<{ state: string; error: string; rooms: string[]; steps: string }> {
  await page.waitForFunction(() => ["ready", "failed"].includes(document.body?.dataset["state"] ?? ""));
  return page.evaluate(() => ({
    state: document.body.dataset["state"] ?? "",
    error: document.body.dataset["error"] ?? "",
    steps: document.body.dataset["steps"] ?? "",
    rooms: Array.from(document.querySelectorAll("li"), (item) => item.textContent ?? ""),
  }));
}
