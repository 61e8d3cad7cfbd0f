// What somebody finds who has the profile's files and nothing else.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Profile } from "./chromium.js";
import { sending, Server } from "./server.js";
import { Tab } from "./tab.js";

const unsent = "only the outbox knows this";
const received = "what anybody may read who has the server";

/** contain says which of these texts the files below a folder have. */
function contain(folder: string, texts: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const all = files.map((file) => readFileSync(join(file.parentPath, file.name)));
  return texts.filter((text) => all.some((bytes) => bytes.includes(text) || bytes.includes(Buffer.from(text, "utf16le"))));
}

test("token and unsent message are on disk in no file", { timeout: 60_000 }, async (t) => {
  const profile = new Profile();
  const server = await Server.start();
  t.after(async () => {
    await profile.remove();
    await server.close();
  });
  const [me, other] = [await server.account("me"), await server.account("other")];
  const room = await other.room("At rest", me);
  let browser = await profile.launch();
  let tab = await Tab.open(await browser.page(), server, "rest");
  const login = await server.rule({ method: "POST", path: "^/_matrix/client/v3/login$", act: "holdAnswer" });
  const signingIn = tab.login(me);
  const held = await server.held(login);
  const token = (JSON.parse(held.body) as { access_token: string }).access_token;
  await server.release(held);
  assert.deepEqual(await signingIn, { code: "" });
  await tab.reaches({ sync: "live" });
  await tab.enter(room);
  await other.say(room, received);
  await tab.shows(received);
  await server.rule({ path: sending, act: "drop" });
  await tab.write([unsent]);
  await tab.untilAccepted(1);
  await tab.page.close();
  await browser.browser.close();
  await browser.kill();
  // The timeline is not sealed: a message in it proves that this finds what is there.
  assert.deepEqual(contain(profile.path, [token, unsent, received]), [received]);

  await server.clear();
  browser = await profile.launch();
  tab = await Tab.open(await browser.page(), server, "rest");
  await tab.reaches({ state: "ready", sync: "live" });
  assert.equal((await tab.storage())?.protected, true);
  await tab.enter(room);
  await tab.shows(unsent);
});
