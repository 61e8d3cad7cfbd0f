// axe on every view, wide and narrow, in both themes.
import { after, before } from "node:test";
import type { Page } from "playwright-core";
import { testViews, type View } from "./axe.js";
import { roomHash, roomId } from "./fake.js";
import { serveFake } from "./harness.js";

const related = `?ends=relations${roomHash(2)}`;

const views: readonly View[] = [
  { name: "start fails", path: "?boot=fails" },
  { name: "start takes long", path: "?boot=never" },
  { name: "sign-in", path: "?session=signedOut", act: (page) => page.getByLabel("Homeserver").fill("example.org") },
  { name: "sign-in refused", path: "?session=signedOut", act: signInWrong },
  { name: "sign-in again", path: "?session=softLogout" },
  { name: "storage lost", path: "?session=storageLost" },
  { name: "core failed, nothing to see", path: "?cold&failed=storage.corrupt" },
  { name: "core failed", path: `?failed=storage.hung${roomHash(2)}` },
  { name: "locked", path: "?lock=locked", act: unlockWrong },
  { name: "locked, all to be removed", path: "?lock=locked", act: (page) => page.getByRole("button", { name: "Sign out and remove" }).click() },
  { name: "rooms", path: "?rooms=300", act: (page) => page.locator(".room-row").first().waitFor() },
  { name: "rooms of last time", path: "?rooms=300&stale" },
  { name: "no room matches", path: "", act: (page) => page.getByLabel("Filter rooms").fill("zzz").then(() => page.getByText("No room matches.").waitFor()) },
  { name: "room", path: roomHash(2), act: (page) => page.locator(".row").last().waitFor() },
  { name: "formatted messages", path: `?ends=formatted${roomHash(2)}`, act: (page) => page.locator(".spoiler-show").first().click() },
  { name: "messages of all kinds", path: `?ends=kinds${roomHash(2)}`, act: (page) => page.locator(".card").last().waitFor() },
  { name: "replies, reactions, threads", path: related, act: (page) => withActions(page) },
  { name: "all reactions of a message", path: related, act: (page) => page.getByRole("button", { name: /more reactions/ }).click() },
  { name: "around a message", path: `?ends=relations${roomHash(2, "/event/%24event357")}`, act: (page) => page.locator(".row[data-sought]").waitFor() },
  { name: "around changes", path: `?ends=relations${roomHash(2, "/event/%24event350")}`, act: (page) => page.locator(".row[data-sought]").waitFor() },
  { name: "around nothing", path: roomHash(2, "/event/%24none"), act: (page) => page.getByRole("alert").filter({ hasText: "cannot be shown" }).waitFor() },
  { name: "pinned messages", path: `?pinned&admin${roomHash(2)}`, act: (page) => page.getByRole("button", { name: "5 pinned messages" }).click().then(() => page.locator(".pin").first().waitFor()) },
  { name: "pinned messages, which fail", path: `?pinned=fails${roomHash(2)}`, act: (page) => page.getByRole("button", { name: "5 pinned messages" }).click().then(() => page.getByRole("button", { name: "Try again" }).waitFor()) },
  { name: "polls", path: related, act: (page) => page.locator(".poll").last().waitFor() },
  { name: "menu of a message", path: related, act: (page) => withActions(page, "More").then(() => page.getByRole("menuitem").first().waitFor()) },
  { name: "details of a message", path: related, act: (page) => withActions(page, "More").then(() => page.getByRole("menuitem", { name: "Details" }).click()) },
  { name: "removing a message", path: roomHash(2), act: removing },
  { name: "emoji", path: related, act: (page) => withActions(page, "React").then(() => page.locator(".emoji").first().waitFor()) },
  { name: "emoji not found", path: related, act: (page) => withActions(page, "React").then(() => page.getByLabel("Search for emoji").fill("zzzz")) },
  { name: "thread", path: `?ends=relations${roomHash(2, "/thread/%24root")}`, act: (page) => page.locator("alcove-thread .row").last().waitFor() },
  { name: "new poll", path: roomHash(2), act: (page) => press(page, "New poll", "Create the poll", "Create the poll") },
  { name: "reply with names and format", path: related, act: writing },
  { name: "room, further up", path: roomHash(1), act: scrollUp },
  { name: "room with typing and failed message", path: roomHash(2), act: busyRoom },
  { name: "room without history", path: `?nohistory&items=20${roomHash(2)}` },
  { name: "encrypted room", path: roomHash(7), act: encryptedRoom },
  { name: "somebody's identity changed", path: `?changed${roomHash(7)}`, act: (page) => page.getByText("Kenji Kaya has a new identity").waitFor() },
  { name: "recovery offered", path: "?encryption=none", act: (page) => page.getByRole("button", { name: "Make a recovery key" }).waitFor() },
  { name: "recovery key", path: "?encryption=none", act: (page) => press(page, "Make a recovery key", "I have kept it") },
  { name: "recovery key, password asked", path: "?encryption=none&password", act: (page) => press(page, "Make a recovery key", "Make it") },
  { name: "device to be verified", path: "?encryption=unverified", act: (page) => press(page, "Verify this device", "Use another device") },
  { name: "identity to be reset", path: "?encryption=unverified", act: (page) => press(page, "Verify this device", "I have neither", "Reset it") },
  { name: "code to scan", path: "?encryption=unverified", act: (page) => verify(page).then(() => page.locator(".qr svg").waitFor()) },
  { name: "pictures to compare", path: "?encryption=unverified", act: (page) => verify(page, "Compare pictures", "They match") },
  { name: "numbers to compare", path: "?encryption=unverified&pictures=no", act: (page) => verify(page, "Compare pictures", "They match") },
  { name: "other side waits", path: "?encryption=unverified&peer=waits", act: (page) => verify(page) },
  { name: "verified", path: "?encryption=unverified", act: (page) => verify(page, "Compare pictures", "They match", "Done") },
  { name: "not verified", path: "?encryption=unverified", act: (page) => verify(page, "Compare pictures", "They do not match", "Start again") },
  { name: "somebody asks to verify", path: roomHash(2), act: asked },
  { name: "own devices", path: "", act: (page) => press(page, "Settings", "Your devices", "Sign out Kitchen tablet") },
  { name: "signing a device out", path: "", act: (page) => press(page, "Settings", "Your devices", "Sign out Kitchen tablet", "Cancel") },
  { name: "somebody's devices", path: `?changed${roomHash(7, "/details")}`, act: (page) => press(page, "Devices and verification of Kenji Kaya", "Verify this person") },
  { name: "keys to a file", path: "", act: (page) => press(page, "Settings", "Save keys as a file", "Save the file") },
  { name: "keys from a file", path: "", act: (page) => press(page, "Settings", "Read keys from a file", "Read the file") },
  { name: "invitation", path: roomHash(0) },
  { name: "unknown room", path: "#/room/!nowhere" },
  { name: "details", path: roomHash(2, "/details"), act: (page) => page.locator(".member").first().waitFor() },
  { name: "offline", path: `?sync=offline${roomHash(1)}` },
  { name: "server fails", path: `?sync=failing` },
  { name: "storage full", path: `?full` },
  { name: "storage forgets", path: `?inMemory` },
  { name: "starting", path: `?sync=starting` },
  { name: "new conversation", path: "", act: (page) => page.getByRole("button", { name: "New conversation" }).click() },
  { name: "new room", path: "", act: newRoom },
  { name: "settings", path: "", act: (page) => page.getByRole("button", { name: "Settings" }).click() },
  { name: "profile refused", path: "?refuses=profile&profile=picture", act: (page) => press(page, "Settings", "Save: Display name").then(() => changeName(page)) },
  { name: "profile fixed", path: "?old&profile=picture", act: (page) => press(page, "Settings", "Close").then(() => page.getByText("Ada Lovelace").waitFor()) },
  { name: "people ignored", path: "?ignored=25&ignores=@user3:example.org&refuses=unignore", act: (page) => press(page, "Settings", "Stop ignoring Theo Lindqvist", "Stop ignoring Theo Lindqvist") },
  { name: "invitations blocked, refused", path: "?blocks&refuses=blocks", act: (page) => page.getByRole("button", { name: "Settings" }).click().then(() => page.getByRole("switch").click()).then(() => page.getByText("The homeserver has a problem").waitFor()) },
  { name: "settings, locked and not kept", path: "?lock=open&unkept&bare&follows", act: (page) => page.getByRole("button", { name: "Settings" }).click() },
  { name: "passphrase", path: "?lock=open", act: changePassphrase },
  { name: "shortcuts", path: "", act: (page) => page.keyboard.press("Control+/") },
  { name: "leaving", path: roomHash(2, "/details"), act: (page) => page.getByRole("button", { name: "Leave the room" }).click() },
];

/** Shows what can be done with a message, and does one of it. */
async function withActions(page: Page, ...names: string[]): Promise<void> {
  const row = page.locator(".row", { hasText: "And I the cheese" }).first();
  await row.focus();
  for (const name of names) await row.getByRole("button", { name, exact: true }).click();
}

async function removing(page: Page): Promise<void> {
  await page.getByLabel("Message to").fill("soon gone");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+Tab");
  await page.locator(".row", { hasText: "soon gone" }).focus();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
}

async function writing(page: Page): Promise<void> {
  await withActions(page, "Reply");
  await page.getByRole("button", { name: "Show the formatted message" }).click();
  await page.getByLabel("Message to").pressSequentially("**Good**, @mi");
  await page.getByRole("option").first().waitFor();
}

/** Presses buttons one after the other; the last is waited for, and not pressed. */
async function press(page: Page, ...names: string[]): Promise<void> {
  const last = names.pop() ?? "";
  for (const name of names) await page.getByRole("button", { name, exact: true }).last().click();
  await page.getByRole("button", { name: last, exact: true }).last().waitFor();
}

const verify = (page: Page, ...names: string[]) => press(page, "Verify this device", "Use another device", ...names, ...(names.length ? [] : ["Close"]));

async function encryptedRoom(page: Page): Promise<void> {
  await page.getByRole("button", { name: "so nobody can prove who wrote this" }).click();
  await page.locator(".shield-why").waitFor();
}

async function asked(page: Page): Promise<void> {
  await page.locator(".row").last().waitFor();
  await page.evaluate(() => fake.asks("@user3:example.org"));
  await page.getByText("wants to verify").waitFor();
}

async function signInWrong(page: Page): Promise<void> {
  await page.getByLabel("Homeserver").fill("example.org");
  await page.getByLabel("User name").fill("ada");
  await page.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("Wrong user name or password.").waitFor();
}

async function unlockWrong(page: Page): Promise<void> {
  await page.getByLabel("Passphrase").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("This is not the passphrase.").waitFor();
}

async function changeName(page: Page): Promise<void> {
  await page.getByLabel("Display name", { exact: true }).fill("Countess");
  await page.keyboard.press("Enter");
  await page.getByText("does not allow this").waitFor();
}

async function changePassphrase(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByRole("button", { name: "Change the passphrase" }).click();
  await page.getByText("at least 8 characters").waitFor();
}

async function scrollUp(page: Page): Promise<void> {
  await page.locator(".row").last().waitFor();
  await page.locator(".timeline-scroll").evaluate((element) => element.scrollBy(0, -1500));
  await page.locator(".jump[data-to='newest']").waitFor();
}

async function busyRoom(page: Page): Promise<void> {
  await page.getByLabel("Message to").fill("this will /fail");
  await page.keyboard.press("Enter");
  await page.getByText("Not sent").waitFor();
  await page.evaluate((id) => fake.typing(id, 2), roomId(2));
  await page.getByText("are typing").waitFor();
}

async function newRoom(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByRole("radio", { name: "New room" }).check();
  await page.getByRole("button", { name: "Create room" }).click();
  await page.getByText("Give the room a name.").waitFor();
}

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

testViews(views, () => server.url);
