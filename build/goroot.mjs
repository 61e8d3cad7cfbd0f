// What a Go program in a page needs of the distribution that built it: the two
// must match.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();

/** Go's loader. */
export const loader = firstOf("lib/wasm/wasm_exec.js", "misc/wasm/wasm_exec.js");

export const licence = firstOf("LICENSE", "../../share/licenses/go/LICENSE", "../doc/golang/LICENSE");

function firstOf(...paths) {
  const found = paths.map((path) => join(goroot, path)).find(existsSync);
  if (found) return found;
  console.error(`the Go distribution in ${goroot} has no ${paths[0]}`);
  process.exit(1);
}
