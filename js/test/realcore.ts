// Clients on the real core, natively, with the sandbox as their homeserver, for the
// tests of one file.
import { after, before } from "node:test";
import { startClient } from "../src/client.js";
import type { Client } from "../src/client.js";
import { Cleanup, folder, serve } from "./browser/site.js";
import { makePage } from "./fakecore.js";
import { nativeCores } from "./native.js";

const cleanup = new Cleanup();
let cores: ReturnType<typeof nativeCores>;
/** Where the sandbox is, once the tests have begun. */
export let homeserver = "";

before(async () => {
  homeserver = await serve(folder(cleanup), cleanup);
  cores = nativeCores();
});
after(() => cleanup.run());

/** A client to whom nobody has signed in; it is closed when the tests end. */
export async function start(): Promise<Client> {
  const client = await startClient({ store: "test", homeserver }, cores, makePage());
  cleanup.add(() => client.close());
  return client;
}

export async function signIn(user: string, deviceName = "test"): Promise<Client> {
  const client = await start();
  await client.login.password({ user, password: "alcove", deviceName });
  return client;
}

/** Ends the core that was started last, as a crash does. */
export const killCore = (): void => cores.kill();
