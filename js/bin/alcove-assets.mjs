#!/usr/bin/env node
// Copies worker.js and alcove.wasm beside a bundle, for bundlers such as
// esbuild that leave new URL("…", import.meta.url) as it is.
//
//   npx alcove-assets dist

import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const files = ["worker.js", "alcove.wasm"];
const here = dirname(fileURLToPath(import.meta.url));
const [to, ...flags] = process.argv.slice(2);

if (!to || to.startsWith("-")) stop("usage: alcove-assets DIR [--force]");
const force = flags.includes("--force");
for (const file of files) {
  if (!existsSync(join(here, file))) stop(`${file} is missing from this installation`);
  if (!force && taken(file)) stop(`${join(to, file)} exists and is another file; take another folder and set workerURL and wasmURL, or --force`);
}
mkdirSync(to, { recursive: true });
for (const file of files) copyFileSync(join(here, file), join(to, file));

/** Whether there is a file of that name that did not come from here, by its size and first words. */
function taken(file) {
  const path = join(to, file);
  if (!existsSync(path)) return false;
  const mark = file.endsWith(".js") ? "alcoveCore" : "\0asm";
  return !readFileSync(path, "latin1").includes(mark);
}

function stop(why) {
  console.error(`alcove-assets: ${why}`);
  process.exit(1);
}
