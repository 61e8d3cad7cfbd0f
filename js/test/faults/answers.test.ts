// What servers, portals and networks answer to /sync and to a message instead
// of what they should: a code for each while it lasts, and afterwards all is
// there, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sending, sync } from "./server.js";
import type { Rule } from "./server.js";
import { html, Lab, matrixError, portal } from "./lab.js";

const lab = new Lab();

type Fault = Omit<Rule, "path" | "method">;
const fail = (status: number, body: string, headers = {}): Fault => ({ act: "fail", status, body, headers });

const syncs: readonly { readonly what: string; readonly sync: string; readonly code: string; readonly fault: Fault }[] = [
  { what: "a captive portal", sync: "failing", code: "server.invalid", fault: fail(200, portal, html) },
  { what: "a captive portal that wants a login", sync: "failing", code: "server.invalid", fault: fail(401, portal, html) },
  { what: "a portal that forbids", sync: "failing", code: "server.invalid", fault: fail(403, portal, html) },
  { what: "a portal that leads elsewhere", sync: "offline", code: "network.offline", fault: fail(302, "", { Location: "http://127.0.0.1:9/" }) },
  { what: "a gateway that fails in HTML", sync: "failing", code: "server.error", fault: fail(502, portal, html) },
  { what: "a server that fails", sync: "failing", code: "server.error", fault: fail(500, matrixError("M_UNKNOWN")) },
  { what: "a limit that is told in the body", sync: "failing", code: "server.limited", fault: fail(429, matrixError("M_LIMIT_EXCEEDED", { retry_after_ms: 700 })) },
  { what: "a limit that is told in the header", sync: "failing", code: "server.limited", fault: fail(429, matrixError("M_LIMIT_EXCEEDED"), { "Retry-After": "1" }) },
  { what: "a body that is cut off", sync: "offline", code: "network.offline", fault: { act: "cut", bytes: 30 } },
  { what: "a lost answer", sync: "offline", code: "network.offline", fault: { act: "lose" } },
  { what: "a lost connection", sync: "offline", code: "network.offline", fault: { act: "drop" } },
  { what: "a body that never ends", sync: "failing", code: "server.tooLarge", fault: { act: "endless", body: '{"next_batch":"' } },
  { what: "half an object", sync: "failing", code: "server.invalid", fault: fail(200, '{"next_batch":"s1","rooms":{') },
  { what: "nothing", sync: "failing", code: "server.invalid", fault: fail(200, "") },
  { what: "no token", sync: "failing", code: "server.invalid", fault: fail(200, '{"rooms":{}}') },
  { what: "a token that is a number", sync: "failing", code: "server.invalid", fault: fail(200, '{"next_batch":1}') },
  { what: "a list", sync: "failing", code: "server.invalid", fault: fail(200, "[]") },
  { what: "null", sync: "failing", code: "server.invalid", fault: fail(200, "null") },
  { what: "a hundred thousand brackets", sync: "failing", code: "server.invalid", fault: fail(200, `{"next_batch":"s1","rooms":${"[".repeat(100_000)}`) },
  { what: "an account that is locked", sync: "failing", code: "session.locked", fault: fail(401, matrixError("M_USER_LOCKED", { soft_logout: true })) },
];

test("a sync that goes wrong is told, and recovers", { timeout: 300_000 }, async (t) => {
  const { tab, other, room } = await lab.talk("syncs");
  for (const { what, sync: state, code, fault } of syncs) {
    await t.test(what, async () => {
      await tab.reaches({ sync: "live" });
      await lab.server.rule({ path: sync, ...fault });
      await other.say(room, what);
      await tab.reaches({ state: "ready", core: "running", sync: state, code }, 60_000);
      assert.equal(await tab.page.evaluate(() => workers.length), 1, "the worker was replaced");
      await lab.server.clear();
      await tab.shows(what, 30_000);
    });
  }
  const bodies = syncs.map(({ what }) => what);
  assert.deepEqual((await tab.everything()).map(({ body }) => body), bodies);
});

type Sending = { readonly what: string; readonly fault: Fault; readonly failed?: string };

const sendings: readonly Sending[] = [
  { what: "a lost answer", fault: { act: "lose" } },
  { what: "a lost request", fault: { act: "drop" } },
  { what: "an answer that is cut off", fault: { act: "cut", bytes: 10 } },
  { what: "a captive portal", fault: fail(200, portal, html) },
  { what: "a portal that wants a login", fault: fail(401, portal, html) },
  { what: "a portal that leads elsewhere", fault: fail(302, "", { Location: "http://127.0.0.1:9/" }) },
  { what: "an answer without an id", fault: fail(200, "{}") },
  { what: "a body that never ends", fault: { act: "endless", body: '{"event_id":"' } },
  { what: "a gateway that fails", fault: fail(504, portal, html) },
  { what: "a limit in the body", fault: fail(429, matrixError("M_LIMIT_EXCEEDED", { retry_after_ms: 700 })) },
  { what: "a limit in the header", fault: fail(429, matrixError("M_LIMIT_EXCEEDED"), { "Retry-After": "1" }) },
  { what: "a refusal", failed: "send.forbidden", fault: fail(403, matrixError("M_FORBIDDEN")) },
  { what: "an event that is too large", failed: "send.tooLarge", fault: fail(413, matrixError("M_TOO_LARGE")) },
  { what: "a proxy that finds it too large", failed: "send.tooLarge", fault: fail(413, portal, html) },
  { what: "a bad request", failed: "server.refused", fault: fail(400, matrixError("M_BAD_JSON")) },
];

test("a message that goes wrong goes out once in the end", { timeout: 300_000 }, async (t) => {
  const { tab, other, room } = await lab.talk("sendings");
  const bodies: string[] = [];
  for (const { what, fault, failed } of sendings) {
    await t.test(what, async () => {
      bodies.push(what, `${what}, behind`);
      await lab.server.rule({ method: "PUT", path: sending, times: failed ? 1 : 2, ...fault });
      const outcome = await tab.page.evaluate(async ([first, behind]) => {
        const handle = await timeline.send.text(first ?? "");
        const second = await timeline.send.text(behind ?? "");
        const code = await handle.sent.then(() => "", (error: { code: string }) => error.code);
        if (code) await handle.retry();
        await Promise.all([handle.sent, second.sent]);
        return code;
      }, bodies.slice(-2));
      await lab.server.clear();
      assert.equal(outcome, failed ?? "");
      await tab.shows(`${what}, behind`);
    });
  }
  assert.deepEqual((await other.heard(room)).map(({ body }) => body), bodies);
  await tab.page.waitForFunction(() => globalThis.shown().every(({ send }) => !send));
  assert.deepEqual((await tab.everything()).map(({ body }) => body), bodies);
});

test("a token that is no longer valid ends the session, and unsent messages wait for the next sign-in", async () => {
  const { tab, me, other, room } = await lab.talk("ended");
  await lab.server.rule({ path: "^/_matrix/client/v3/", act: "fail", status: 401, body: matrixError("M_UNKNOWN_TOKEN") });
  await tab.write(["unsent"]);
  await tab.untilAccepted(1);
  await tab.reaches({ state: "softLogout" }, 60_000);
  assert.equal((await tab.session()).error?.code, "session.expired");
  await lab.server.clear();
  assert.equal((await tab.login(me)).code, "");
  await tab.reaches({ state: "ready", sync: "live" });
  await tab.enter(room);
  await tab.shows("unsent");
  assert.deepEqual((await other.heard(room)).map(({ body }) => body), ["unsent"]);
});
