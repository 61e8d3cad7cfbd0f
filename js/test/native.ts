import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Cores } from "../src/core.js";
import { died } from "../src/error.js";
import { root } from "./browser/site.js";

/** nativeCores builds the real core for this machine and connects to it over its standard input and output. */
export function nativeCores(): Cores & { kill(): void } {
  const program = join(root, "build/out/worker");
  execFileSync("go", ["build", "-tags=goolm", "-o", program, "./wasm/worker"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  let last = () => {};
  const connect: Cores["connect"] = (on) => {
    const core = spawn(program, { stdio: ["pipe", "pipe", "ignore"] });
    last = () => void core.kill("SIGKILL");
    core.stdin.on("error", () => {}); // it says why by ending
    core.once("spawn", () => on.running());
    core.once("exit", (code, signal) => on.exit(died(`the program ended with ${signal ?? code}`)));
    createInterface({ input: core.stdout }).on("line", (line) => on.frame(line));
    const silent = () => on.exit(died("it does not answer"));
    return { leads: true, send: (frame) => void core.stdin.write(`${frame}\n`), silent, fenced: () => false, close: last };
  };
  return { connect, leave() {}, kill: () => last() };
}
