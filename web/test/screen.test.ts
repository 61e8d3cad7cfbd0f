import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionSnapshot } from "alcove";
import { noticeOf } from "../src/notice.js";
import { screenOf, type Screen } from "../src/screen.js";

const running: SessionSnapshot = { state: "ready", sync: "live", core: "running", leader: true, userId: "@ada:example.org" };
const nobody: SessionSnapshot = { state: "signedOut", sync: "stopped", core: "running", leader: true };
const opening: SessionSnapshot = { state: "restoring", sync: "stopped", core: "starting", leader: false };
const open = { enabled: true, locked: false };
const failed = { core: "failed", error: { code: "core.missing", message: "", recoverable: false } } as const;

test("the screen follows the session", () => {
  const steps: readonly (readonly [SessionSnapshot | undefined, Screen, Screen])[] = [
    [undefined, "boot", "boot"],
    [opening, "boot", "boot"],
    [{ ...opening, userId: "@ada:example.org" }, "boot", "shell"],
    [running, "boot", "shell"],
    [nobody, "shell", "signIn"],
    [{ ...running, state: "softLogout" }, "shell", "signIn"],
    [{ ...running, state: "storageLost" }, "shell", "signIn"],
    [{ ...opening, ...failed }, "boot", "stuck"],
    [{ ...nobody, ...failed }, "signIn", "stuck"],
  ];
  for (const [session, before, after] of steps) assert.equal(screenOf(session, open, before), after, JSON.stringify(session));
});

test("a lock hides whatever there is", () => {
  for (const session of [running, nobody, opening, { ...opening, ...failed }]) {
    assert.equal(screenOf(session, { enabled: true, locked: true }, "shell"), "locked");
  }
});

test("rooms and messages stay while another core takes over, and where none does", () => {
  assert.equal(screenOf({ ...running, core: "restarting" }, open, "shell"), "shell");
  assert.equal(screenOf({ ...opening, core: "running" }, open, "shell"), "shell");
  assert.equal(screenOf({ ...running, ...failed }, open, "shell"), "shell");
});

test("what passes in a blink is not worth a word, what does not is", () => {
  assert.equal(noticeOf(running, { open: true, full: false }, true), undefined);
  for (const passing of [{ core: "restarting" }, { sync: "starting" }] as const) {
    const notice = noticeOf({ ...running, ...passing }, undefined, true);
    assert.ok(notice?.after && notice.kind === "calm" && !notice.acts);
  }
  for (const lasting of [failed, { sync: "offline" }, { sync: "paused" }] as const) {
    const notice = noticeOf({ ...running, ...lasting }, undefined, true);
    assert.ok(notice && !notice.after && notice.kind === "warn");
  }
});

test("a core that cannot open the storage says why it is not there", () => {
  const notice = noticeOf({ ...running, core: "restarting", error: { code: "storage.blocked", message: "", recoverable: true } }, undefined, true);
  assert.match(notice?.text ?? "", /older version/);
});
