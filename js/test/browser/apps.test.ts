import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { BrowserContext } from "playwright-core";
import { browse, Cleanup, folder, install, run, serve, settled, tool } from "./site.js";

const cleanup = new Cleanup();
after(() => cleanup.run());

let work = "";
let web = "";
let origin = "";
let browser: BrowserContext;

before(async () => {
  work = folder(cleanup);
  web = folder(cleanup);
  origin = await serve(web, cleanup);
  browser = await browse(folder(cleanup), cleanup);
});

/** Builds each app the way its bundler's manual says, and returns what is to be served. */
const builds: Record<string, (app: string) => string> = {
  vite(app) {
    run(process.execPath, [tool("vite/bin/vite.js"), "build", "--base", "./"], app);
    return join(app, "dist");
  },
  webpack(app) {
    run(process.execPath, [tool("webpack-cli/bin/cli.js"), "--entry", "./app.js", "--mode", "production"], app);
    cpSync(join(app, "index.html"), join(app, "dist/index.html"));
    return join(app, "dist");
  },
  esbuild(app) {
    run(tool(".bin/esbuild"), ["app.js", "--bundle", "--format=esm", "--outdir=dist"], app);
    run("npx", ["alcove-assets", "dist"], app);
    cpSync(join(app, "index.html"), join(app, "dist/index.html"));
    return join(app, "dist");
  },
  plain: (app) => app,
};

for (const [name, build] of Object.entries(builds)) {
  test(`the package loads under ${name} without configuration`, async () => {
    publish(build(install(name, work)), name);
    const page = await browser.newPage();
    await page.goto(`${origin}/${name}/index.html?store=${name}`);
    const got = await settled(page);
    assert.equal(got.state, "ready", got.error);
    assert.ok(got.rooms.length > 3, String(got.rooms));
    assert.equal(got.steps, "fetch compile open done");
    await page.close();
  });
}

/** publish puts a built app where the server finds it. */
function publish(from: string, name: string): void {
  const to = join(web, name);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const file of readdirSync(from)) cpSync(join(from, file), join(to, file), { recursive: true });
}
