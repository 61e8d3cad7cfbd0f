// Builds the npm package's JavaScript and types into build/out/package.
//
//   node build/js.mjs
//
// alcove.wasm, which `make wasm` builds, lies beside them.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licence, loader } from "./goroot.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "build/out/package");

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
