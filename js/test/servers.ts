import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Cleanup } from "./browser/site.js";
import { folder, root, serve } from "./browser/site.js";

/** Starts a homeserver and returns its address. */
export type StartServer = (cleanup: Cleanup) => Promise<string>;

export const sandbox: StartServer = (cleanup) => serve(folder(cleanup), cleanup);

/** synapse starts a real one. The first time it is installed, which takes a minute and the network. */
export const synapse: StartServer = async (cleanup) => {
  const program = join(root, "build/out/homeserver");
  execFileSync("go", ["build", "-o", program, "./build/homeserver"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const server = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  cleanup.add(() => (server.stdin.end(), ended));
  for await (const line of createInterface({ input: server.stdout })) return (JSON.parse(line) as { url: string }).url;
  throw new Error("Synapse does not start");
};

/** register makes an account. */
export async function register(server: string, username: string, password: string): Promise<void> {
  const answer = await fetch(`${server}/_matrix/client/v3/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password, inhibit_login: true, auth: { type: "m.login.dummy" } }),
  });
  if (!answer.ok) throw new Error(`register: ${answer.status}`);
}
