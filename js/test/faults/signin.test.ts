// Signing in to servers that are wrong, broken or none: a code for each, and
// the next attempt with a sound server succeeds.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rule } from "./server.js";
import { html, Lab, matrixError, portal } from "./lab.js";

const lab = new Lab();
const login = { method: "POST", path: "^/_matrix/client/v3/login$" };
const granted = { user_id: "@x:localhost", device_id: "D", access_token: "secret" };

type Case = {
  readonly what: string;
  readonly code: string;
  readonly rules?: readonly Rule[];
  readonly password?: string;
  readonly homeserver?: string;
  readonly retryAfterMs?: number;
};

const answers = (body: string, status = 200, headers = {}): Rule[] => [{ ...login, act: "fail", status, body, headers }];

const cases: readonly Case[] = [
  { what: "wrong password", code: "login.forbidden", password: "wrong" },
  { what: "a server that is not there", code: "network.offline", homeserver: "http://127.0.0.1:9" },
  { what: "a name that nobody has", code: "network.offline", homeserver: "nobody.invalid" },
  { what: "an address that is none", code: "discovery.failed", homeserver: "http://[" },
  {
    what: "a web site that is no homeserver", code: "discovery.failed",
    rules: [{ path: "^/(_matrix|\\.well-known)", act: "fail", status: 200, headers: html, body: portal }],
  },
  { what: "a web site without Matrix", code: "discovery.failed", rules: [{ path: "^/(_matrix|\\.well-known)", act: "fail", status: 404, headers: html, body: "no" }] },
  { what: "a captive portal at login", code: "server.invalid", rules: answers(portal, 200, html) },
  { what: "a captive portal that wants to be logged in to", code: "server.invalid", rules: answers(portal, 401, html) },
  { what: "a login that is cut off", code: "network.offline", rules: [{ ...login, act: "cut", bytes: 20 }] },
  { what: "a login whose answer is lost", code: "network.offline", rules: [{ ...login, act: "lose" }] },
  { what: "a login that never ends", code: "server.tooLarge", rules: [{ ...login, act: "endless", body: '{"a":' }] },
  { what: "half a JSON object", code: "server.invalid", rules: answers('{"user_id":') },
  { what: "an empty answer", code: "server.invalid", rules: answers("") },
  { what: "no object", code: "server.invalid", rules: answers("[1,2]") },
  { what: "a user id that is a number", code: "server.invalid", rules: answers(JSON.stringify({ ...granted, user_id: 1 })) },
  { what: "a token that breaks headers", code: "server.invalid", rules: answers(JSON.stringify({ ...granted, access_token: "a\r\nb" })) },
  { what: "a server that fails", code: "server.error", rules: answers(matrixError("M_UNKNOWN"), 500) },
  { what: "a gateway that fails in HTML", code: "server.error", rules: answers(portal, 502, html) },
  {
    what: "a limit that is told in the body", code: "server.limited", retryAfterMs: 7_000,
    rules: answers(matrixError("M_LIMIT_EXCEEDED", { retry_after_ms: 7_000 }), 429),
  },
  {
    what: "a limit that is told in the header", code: "server.limited", retryAfterMs: 8_000,
    rules: answers(matrixError("M_LIMIT_EXCEEDED"), 429, { "Retry-After": "8" }),
  },
  { what: "a limit of somebody else", code: "server.limited", rules: answers(portal, 429, html) },
  { what: "an account that is deactivated", code: "login.deactivated", rules: answers(matrixError("M_USER_DEACTIVATED"), 403) },
  { what: "a server that knows no passwords", code: "server.refused", rules: answers(matrixError("M_UNKNOWN"), 400) },
];

test("every server that does not let in has its code", { timeout: 240_000 }, async (t) => {
  const user = await lab.server.account("alice");
  const tab = await lab.signedOut("signin");
  for (const { what, code, rules = [], password = user.password, homeserver, retryAfterMs } of cases) {
    await t.test(what, async () => {
      for (const rule of rules) await lab.server.rule(rule);
      const got = await tab.outcome(async (params) => void (await client.login.password(params)), { user: user.name, password, homeserver });
      assert.equal(got.code, code, got.message);
      assert.equal(got.retryAfterMs, retryAfterMs);
      assert.ok(!got.message?.includes(password), "the error tells the password");
      await lab.server.clear();
      assert.equal((await tab.session()).state, "signedOut");
      assert.equal((await tab.session()).core, "running");
    });
  }
  assert.equal(tab.page.workers().length, 1);
  // The limit of an hour counts for this core.
  await tab.page.reload();
  await tab.page.waitForFunction(() => "alcove" in globalThis);
  await tab.start();
  assert.deepEqual(await tab.login(user), { code: "" });
  await tab.reaches({ state: "ready", sync: "live" });
});
