// Takes pictures of the UI with the fake client, to be looked at:
// node --import tsx web/dev/shots.ts DIR, and a part of the name for some of them
import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { Browser, serveFake } from "../e2e/harness.js";

const dir = process.argv[2] ?? "build/out/shots";
const wanted = process.argv[3] ?? "";
mkdirSync(dir, { recursive: true });
const server = await serveFake();
const room = (n: number, more = "") => `#/room/${encodeURIComponent(`!room${n}:example.org`)}${more}`;
const press = (name: string) => (page: Page) => page.getByRole("button", { name }).click();
const change = (page: Page, to: object) => page.waitForTimeout(400).then(() => page.evaluate(`fake.verification(${JSON.stringify(to)})`));
const verify = (page: Page) => press("Verify this device")(page).then(() => press("Use another device")(page));
async function compose(page: Page): Promise<void> {
  await page.locator(".row", { hasText: "And I the cheese" }).first().focus();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByLabel("Message to").pressSequentially("**Good**, and ~~not~~ with `wc -l` @mi");
  await press("Show the formatted message")(page);
  await page.getByLabel("Message to").pressSequentially("r");
  await page.getByRole("option").first().waitFor();
}
const views: readonly (readonly [string, string, ((page: Page) => Promise<unknown>)?])[] = [
  ["signin", "?session=signedOut"],
  ["rooms", "?rooms=1200"],
  ["room", `?rooms=1200${room(2)}`],
  ["formatted", `?ends=formatted${room(2)}`],
  ["kinds", `?ends=kinds${room(2)}`],
  ["relations", `?ends=relations${room(2)}`],
  ["polls", `?ends=relations${room(2)}`, (page) => page.locator(".row .poll").last().waitFor().then(() => page.locator(".row .poll").first().scrollIntoViewIfNeeded())],
  ["thread", `?ends=relations${room(2, "/thread/%24root")}`],
  ["toolbar", `?ends=relations${room(2)}`, (page) => page.locator(".row", { hasText: "And I the cheese" }).first().focus()],
  ["menu", `?ends=relations${room(2)}`, (page) => page.locator(".row", { hasText: "And I the cheese" }).first().focus().then(() => page.getByRole("button", { name: "More", exact: true }).click())],
  ["emoji", `?ends=relations${room(2)}`, press("Insert an emoji")],
  ["poll-create", room(2), press("New poll")],
  ["composer", `?ends=relations${room(2)}`, compose],
  ["details", `?rooms=1200${room(2, "/details")}`],
  ["offline", `?sync=offline${room(1)}`],
  ["locked", "?lock=locked"],
  ["locked-wrong", "?lock=locked", (page) => page.getByLabel("Passphrase").fill("wrong").then(() => press("Unlock")(page))],
  ["locked-remove", "?lock=locked", press("Sign out and remove")],
  ["lost", "?session=storageLost"],
  ["expired", "?session=softLogout"],
  ["failed-cold", "?cold&failed=storage.corrupt"],
  ["failed-update", "?cold&failed=call.mismatch"],
  ["failed", `?failed=storage.hung${room(2)}`],
  ["full", `?full${room(2)}`],
  ["memory", `?inMemory${room(2)}`],
  ["settings", "", press("Settings")],
  ["settings-locked", "?lock=open&unkept&bare&follows", press("Settings")],
  ["crypto-set-up-banner", `?encryption=none${room(7)}`],
  ["crypto-key", "?encryption=none", press("Make a recovery key")],
  ["crypto-password", "?encryption=none&password", press("Make a recovery key")],
  ["crypto-unverified", `?encryption=unverified${room(7)}`],
  ["crypto-recover", "?encryption=unverified", press("Verify this device")],
  ["crypto-recover-wrong", "?encryption=unverified&passphrase", (page) => press("Verify this device")(page)
    .then(() => page.getByLabel("Recovery key or passphrase").fill("wrong")).then(() => page.getByRole("button", { name: "Verify", exact: true }).click())],
  ["crypto-reset", "?encryption=unverified", (page) => press("Verify this device")(page).then(() => press("I have neither")(page))],
  ["crypto-settings", "?unsaved=12", press("Settings")],
  ["crypto-export", "", (page) => press("Settings")(page).then(() => press("Save keys as a file")(page))],
  ["crypto-import", "", (page) => press("Settings")(page).then(() => press("Read keys from a file")(page))],
  ["crypto-devices", "", (page) => press("Settings")(page).then(() => press("Your devices")(page))],
  ["crypto-person", `?changed${room(7, "/details")}`, press("Devices and verification of Kenji Kaya")],
  ["crypto-room", room(7)],
  ["crypto-changed", `?changed${room(7)}`],
  ["crypto-verify-asked", "?encryption=unverified&peer=waits", verify],
  ["crypto-verify-ready", "?encryption=unverified", verify],
  ["crypto-verify-compare", "?encryption=unverified", (page) => verify(page).then(() => press("Compare pictures")(page))],
  ["crypto-verify-scanned", "?encryption=unverified", (page) => verify(page).then(() => change(page, { phase: "scanned" }))],
  ["crypto-verify-done", "?encryption=unverified", (page) => verify(page).then(() => change(page, { phase: "done" }))],
  ["crypto-verify-cancelled", "?encryption=unverified", (page) => verify(page).then(() => change(page, { phase: "cancelled", reason: "m.mismatched_sas" }))],
  ["crypto-request", room(2), (page) => page.locator(".row").last().waitFor().then(() => page.evaluate("fake.asks()"))],
  ["crypto-create", "", (page) => press("New conversation")(page).then(() => page.getByRole("radio", { name: "New room" }).check())],
  ["crypto-turn-on", room(2, "/details"), press("Turn on encryption")],
  ["passphrase", "", (page) => press("Settings")(page).then(() => press("Set a passphrase")(page))],
];
for (const wide of [true, false]) {
  for (const dark of [false, true]) {
    const browser = new Browser();
    await browser.open({ wide, dark });
    for (const [name, path, act] of views) {
      if (!name.includes(wanted)) continue;
      await browser.page.goto("about:blank");
      await browser.page.goto(`${server.url}/${path}`);
      await act?.(browser.page);
      await browser.page.waitForTimeout(700);
      await browser.page.screenshot({ path: `${dir}/${name}-${wide ? "wide" : "narrow"}-${dark ? "dark" : "light"}.png` });
    }
    for (const problem of browser.problems) console.error(problem);
    await browser.end();
  }
}
server.close();
