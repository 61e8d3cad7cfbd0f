// Takes pictures of the UI with the fake client, to be looked at:
// node --import tsx web/dev/shots.ts DIR, and a part of the name for some of them
import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { Browser, serveFake } from "../e2e/harness.js";
import { scenes } from "./scenes.js";

const dir = process.argv[2] ?? "build/out/shots";
const wanted = process.argv[3] ?? "";
mkdirSync(dir, { recursive: true });
const server = await serveFake();
const room = (n: number, more = "") => `#/room/${encodeURIComponent(`!room${n}:example.org`)}${more}`;
const press = (name: string) => (page: Page) => page.getByRole("button", { name }).click();
const change = (page: Page, to: object) => page.waitForTimeout(400).then(() => page.evaluate(`fake.verification(${JSON.stringify(to)})`));
const verify = (page: Page) => press("Verify this device")(page).then(() => press("Use another device")(page));
const row = (page: Page, text: string) => page.locator(".row", { hasText: text }).first();
const act = (text: string, name: string) => (page: Page) => row(page, text).focus().then(() => row(page, text).getByRole("button", { name, exact: true }).click());
const type = (text: string) => (page: Page) => page.getByLabel("Message to").pressSequentially(text).then(() => page.waitForTimeout(300));
const scroll = (by: number) => (page: Page) => page.locator(".row").last().waitFor().then(() => page.locator(".timeline-scroll").evaluate((viewport, by) => viewport.scrollBy(0, by), by));
const related = `?ends=relations${room(2)}`;
async function compose(page: Page): Promise<void> {
  await row(page, "And I the cheese").focus();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByLabel("Message to").pressSequentially("**Good**, and ~~not~~ with `wc -l` @mi");
  await press("Show the formatted message")(page);
  await page.getByLabel("Message to").pressSequentially("r");
  await page.getByRole("option").first().waitFor();
}
const pills = "Ask @user3:example.org or @ada:example.org in https://matrix.to/#/!room4%3Aexample.org, #elsewhere:example.net or matrix:roomid/31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM?via=a. It was matrix:roomid/room5:example.org/e/event350, and @nobody-at-all-with-quite-a-long-name:a-server-with-a-long-name.example.org said so at https://example.org/rules";
const views: readonly (readonly [string, string, ((page: Page) => Promise<unknown>)?])[] = [
  ["signin", "?session=signedOut"],
  ["rooms", "?rooms=1200"],
  ["room", `?rooms=1200${room(2)}`],
  ["timeline-formatted", `?ends=formatted${room(2)}`],
  ["timeline-formatted-above", `?ends=formatted${room(2)}`, scroll(-650)],
  ["timeline-kinds", `?ends=kinds${room(2)}`],
  ["timeline-kinds-above", `?ends=kinds${room(2)}`, scroll(-500)],
  ["timeline-changes", `?ends=kinds${room(2)}`, (page) => page.locator(".row[data-kind='changes']").getByRole("button", { name: "Show" }).last().click()],
  ["timeline-unread", room(2)],
  ["timeline-to-unread", `?ends=crowd${room(2)}`],
  ["timeline-around", `?ends=relations${room(2, "/event/%24event357")}`],
  ["timeline-around-none", room(2, "/event/%24none")],
  ["related", related, scroll(-500)],
  ["related-polls", related],
  ["related-more", related, (page) => page.getByRole("button", { name: /more reactions/ }).press("Enter")],
  ["related-react", related, act("And I the cheese", "React")],
  ["related-edit", related, act("I do, dark and white", "Edit")],
  ["related-reply", related, act("And I the cheese", "Reply")],
  ["related-thread", `?ends=relations${room(2, "/thread/%24root")}`],
  ["related-menu", related, act("And I the cheese", "More")],
  ["related-remove", related, (page) => act("I do, dark and white", "More")(page).then(() => page.getByRole("menuitem", { name: "Remove" }).click())],
  ["related-source", related, (page) => act("And I the cheese", "More")(page).then(() => page.getByRole("menuitem", { name: "Details" }).click())],
  ["compose-poll", room(2), press("New poll")],
  ["compose-emoji", related, press("Insert an emoji")],
  ["compose-mention", related, type("Good morning, @mi")],
  ["compose-emoji-code", related, type("With :brea")],
  ["compose-preview", related, compose],
  ["compose-draft", room(2), (page) => type("What I have not sent yet")(page).then(() => page.reload())],
  ["links-pills", room(2), (page) => page.locator(".row").last().waitFor().then(() => page.evaluate(`fake.event("!room2:example.org", { content: { msgtype: "m.text", body: ${JSON.stringify(pills)} } })`))],
  ["links-formatted", `?ends=formatted${room(2)}`, scroll(-230)],
  ["links-join", `#/link/${encodeURIComponent("matrix:r/far-join:example.net?action=join&via=example.net")}`],
  ["links-knock", `#/link/${encodeURIComponent("matrix:r/far-knock:example.net")}`],
  ["links-nowhere", `#/link/${encodeURIComponent("matrix:r/nowhere:example.net")}`],
  ["links-person", `${room(2)}`, (page) => page.locator(".row").last().waitFor().then(() => page.evaluate(`location.hash = "#/link/${encodeURIComponent("matrix:u/user9:example.org")}"`))],
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
  ["settings-picture", "?profile=picture", press("Settings")],
  ["settings-fixed", "?old&profile=picture", press("Settings")],
  ["settings-refused", "?refuses=profile", (page) => press("Settings")(page).then(() => page.getByRole("textbox", { name: "Display name" }).fill("Countess")).then(() => press("Save: Display name")(page))],
  ["settings-ignored", "?ignores=@user3:example.org&ignores=@user12:example.org&ignores=@a-troll-with-a-rather-long-name:a-server-with-a-long-name.example.net", (page) => press("Settings")(page).then(() => page.locator("alcove-ignored li").first().scrollIntoViewIfNeeded())],
  ["settings-invites", "?blocks&ignores=@user3:example.org", (page) => press("Settings")(page).then(() => page.getByRole("switch").scrollIntoViewIfNeeded())],
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
  ...scenes,
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
      await browser.page.evaluate(() => localStorage.clear()); // no draft is left for the next
    }
    for (const problem of browser.problems) console.error(problem);
    await browser.end();
  }
}
server.close();
