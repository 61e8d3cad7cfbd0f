// Builds the npm package's JavaScript and types into build/out/package.
//
//   node build/js.mjs
//
// alcove.wasm, which `make wasm` builds, lies beside them.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "build/out/package");
const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();

/** Go's loader comes from the distribution that builds the core: the two must match. */
const loader = firstOf("lib/wasm/wasm_exec.js", "misc/wasm/wasm_exec.js");
const licence = firstOf("LICENSE", "../../share/licenses/go/LICENSE", "../doc/golang/LICENSE");

mkdirSync(out, { recursive: true });
const common = {
  outdir: out,
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome100", "firefox104", "safari15.4"],
  minify: true,
  sourcemap: true,
  // Notices stand in LICENSES.txt.
  legalComments: "none",
  alias: { "go:wasm_exec": loader },
  logLevel: "warning",
};
// What an app may never need is a file of its own; the worker must be one file.
await build({ ...common, entryPoints: { index: join(root, "js/src/index.ts") }, splitting: true, chunkNames: "[name]" });
await build({ ...common, entryPoints: { worker: join(root, "js/src/worker.ts") } });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "js/tsconfig.build.json")], {
  stdio: "inherit",
});
copyFileSync(join(root, "js/bin/alcove-assets.mjs"), join(out, "alcove-assets.mjs"));
writeFileSync(join(out, "LICENSES.txt"), notices());

function notices() {
  const head = "worker.js holds wasm_exec.js, and alcove.wasm the runtime and standard library, of the Go project:\n\n";
  return head + readFileSync(licence, "utf8");
}

function firstOf(...paths) {
  const found = paths.map((path) => join(goroot, path)).find(existsSync);
  if (found) return found;
  console.error(`build/js: the Go distribution in ${goroot} has no ${paths[0]}`);
  process.exit(1);
}
