import { execFileSync, spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Cores } from "../../../js/src/core.js";
import { died } from "../../../js/src/error.js";
import { root } from "../../../js/test/browser/site.js";

/** lastingCores are real cores, natively, each with what one of the same store left. They end with this process. */
export async function lastingCores(): Promise<Cores> {
  const program = join(root, "build/out/interop-core");
  execFileSync("go", ["build", "-tags=goolm", "-o", program, "./build/interop/core"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const cores = spawn(program, { stdio: ["pipe", "pipe", "ignore"] });
  const [address = ""] = (await createInterface({ input: cores.stdout })[Symbol.asyncIterator]().next()).value?.split("\n") ?? [];
  const [host, port] = address.split(":");
  return { connect: (on) => connected(connect(Number(port), host), on), leave() {} };
}

function connected(core: ReturnType<typeof connect>, on: Parameters<Cores["connect"]>[0]): ReturnType<Cores["connect"]> {
  let closed = false;
  const close = () => {
    closed = true;
    core.destroy();
  };
  core.on("error", () => {}); // it says why by ending
  core.once("connect", () => on.running());
  core.once("close", () => closed || on.exit(died("the core ended")));
  createInterface({ input: core }).on("line", (line) => closed || on.frame(line));
  const silent = () => on.exit(died("it does not answer"));
  return { leads: true, send: (frame) => void core.write(`${frame}\n`), silent, fenced: () => false, close };
}
