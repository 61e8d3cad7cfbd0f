import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { BrowserContext } from "playwright-core";
import { browse, Cleanup, folder, install, run, serve, settled, tool } from "./site.js";

const cleanup = new Cleanup();
after(() => cleanup.run());

let work = "";
let web = "";
let origin = "";
let elsewhere = "";
let browser: BrowserContext;

before(async () => {
  work = folder(cleanup);
  web = folder(cleanup);
  origin = await serve(web, cleanup);
  elsewhere = await serve(web, cleanup);
  browser = await browse(folder(cleanup), cleanup);
  const app = install("esbuild", work);
  cpSync(app, join(web, "app"), { recursive: true });
  for (const [format, page] of [["iife", "classic"], ["esm", "module"]] as const) {
    const to = join(web, page);
    run(tool(".bin/esbuild"), ["app.js", "--bundle", `--format=${format}`, `--outdir=${to}`, "--log-level=error"], app);
    const script = format === "esm" ? 'type="module" src="app.js"' : 'defer src="app.js"';
    writeFileSync(join(to, "index.html"), `<!doctype html><body><ul></ul></body><script ${script}></script>`);
  }
});

async function visit(path: string, query: Record<string, string> = {}) {
  const page = await browser.newPage();
  const store = `files-${Math.random()}`;
  await page.goto(`${path}?${new URLSearchParams({ store, ...query })}`);
  const got = await settled(page);
  await page.close();
  return got;
}

test("files that are not there are named, with what to do", async () => {
  const got = await visit(`${origin}/module/index.html`);
  assert.equal(got.state, "failed");
  assert.match(got.error, /^core\.missing: .*worker.*alcove-assets/);
});

test("a wasm file that is not there is named", async () => {
  mkdirSync(join(web, "half"));
  cpSync(join(web, "module"), join(web, "half"), { recursive: true });
  cpSync(join(web, "app/node_modules/alcove/build/out/package/worker.js"), join(web, "half/worker.js"));
  const got = await visit(`${origin}/half/index.html`);
  assert.match(got.error, /^core\.missing: .*half\/alcove\.wasm answers with status 404/);
});

test("a file that is no program is named", async () => {
  const worker = `${origin}/app/node_modules/alcove/build/out/package/worker.js`;
  const html = await visit(`${origin}/module/index.html`, { worker, wasm: `${origin}/module/index.html` });
  assert.match(html.error, /^core\.missing: .*is an HTML page/);
  const script = await visit(`${origin}/module/index.html`, { worker, wasm: `${origin}/module/app.js` });
  assert.match(script.error, /^core\.missing: .*is no WebAssembly/);
});

test("explicit addresses win, also of another origin", async () => {
  const files = `${elsewhere}/app/node_modules/alcove/build/out/package`;
  const route = async (route: { fetch(): Promise<{ headers(): Record<string, string> }>; fulfill(o: object): Promise<void> }) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
  };
  await browser.route(`${files}/**`, route);
  const got = await visit(`${origin}/module/index.html`, { worker: `${files}/worker.js`, wasm: `${files}/alcove.wasm` });
  assert.equal(got.state, "ready", got.error);
});

test("a classic script finds the files beside itself", async () => {
  run("npx", ["alcove-assets", join(web, "classic")], join(web, "app"));
  const got = await visit(`${origin}/classic/index.html`);
  assert.equal(got.state, "ready", got.error);
});

test("alcove-assets overwrites its own files and nobody else's", () => {
  const app = join(web, "app");
  const to = join(work, "taken");
  mkdirSync(to);
  writeFileSync(join(to, "worker.js"), "mine");
  assert.throws(() => run("npx", ["alcove-assets", to], app), /worker\.js exists and is another file/);
  rmSync(join(to, "worker.js"));
  run("npx", ["alcove-assets", to], app);
  run("npx", ["alcove-assets", to], app);
});

test("Vite's development server serves it", async () => {
  const app = install("vite", work);
  const vite = spawn(process.execPath, [tool("vite/bin/vite.js"), "--port", "0", "--host", "127.0.0.1"], { cwd: app, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => vite.once("exit", resolve));
  cleanup.add(() => (vite.kill(), ended));
  let said = "";
  let address: string | undefined;
  for await (const chunk of vite.stdout) {
    said += String(chunk).replace(/\u001b\[\d+m/g, "");
    [, address] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
    if (address) break;
  }
  const got = await visit(`${address}/index.html`, { homeserver: origin });
  assert.equal(got.state, "ready", got.error);
});
