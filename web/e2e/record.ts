// Records, step by step, what three tabs show while the one that runs the core
// is closed in the middle of sending: node --import tsx web/e2e/record.ts DIR
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { message, World, write, type Account } from "./real.js";
import { Three } from "./three.js";

const dir = process.argv[2] ?? "build/out/record";
mkdirSync(dir, { recursive: true });

const size = { width: 720, height: 640 };
let step = 0;

/** One picture of all tabs side by side, each under what it is. */
async function record(three: Three, all: readonly Page[], what: string): Promise<void> {
  const leader = await three.leader();
  const shots = await Promise.all(all.map(async (page, n) => {
    const open = three.tabs.includes(page);
    const title = `Tab ${n + 1}: ${open ? (page === leader ? "leads, runs the core" : "follows, runs none") : "closed"}`;
    return { title, image: open ? (await page.screenshot()).toString("base64") : "" };
  }));
  const sheet = await leader.context().newPage();
  await sheet.setViewportSize({ width: 3 * size.width + 80, height: size.height + 130 });
  await sheet.setContent(`
    <style>body { margin: 20px; background: #d8d8e0; font: 22px system-ui, sans-serif } h1 { font-size: 26px; margin: 0 0 16px }
      main { display: flex; gap: 20px } figure { margin: 0; flex: 1 } figcaption { padding-block: 0 8px } img, div { width: 100%; aspect-ratio: ${size.width} / ${size.height}; display: block; background: #bbbbc6 }</style>
    <h1>${++step}. ${what}</h1>
    <main>${shots.map(({ title, image }) => `<figure><figcaption>${title}</figcaption>${image ? `<img src="data:image/png;base64,${image}">` : "<div></div>"}</figure>`).join("")}</main>`);
  const file = join(dir, `${step}.png`);
  writeFileSync(file, await sheet.screenshot());
  await sheet.close();
  console.log(`${file}: ${what}`);
}

async function play(world: World, alice: Account, bob: Account): Promise<void> {
  for (const [account, name] of [[alice, "Alice"], [bob, "Bob"]] as const) {
    await account.call("PUT", `profile/${encodeURIComponent(account.id)}/displayname`, { displayname: name });
  }
  const id = await bob.createRoom("Choir", [alice]);
  await alice.join(id);
  await bob.say(id, "Who sings on Thursday?");
  const three = await Three.open(world, alice, "Choir", id, size);
  const all = three.tabs;
  const settled = () => Promise.all(three.tabs.map((page) => page.waitForFunction(() => !document.querySelector(".send-state"))));
  const everywhere = async (text: string) => {
    await Promise.all(three.tabs.map((page) => message(page, text).waitFor()));
    await settled();
  };
  try {
    for (const [n, page] of all.entries()) await write(page, `I do, from tab ${n + 1}.`);
    for (const n of all.keys()) await everywhere(`from tab ${n + 1}.`);
    await record(three, all, "Three tabs, one core: what each wrote is in all");

    const leader = await three.leader();
    const others = all.filter((page) => page !== leader);
    world.gate.loses = (line) => three.isSend(line) || line.includes("/sync?");
    await write(leader, "Closing this tab while it sends");
    await world.gate.until(three.isSend, world.gate.lost);
    // As long as it takes to show that it is on its way.
    await Promise.all(all.map((page) => page.getByText("Sending…").waitFor()));
    await leader.waitForTimeout(1_500);
    await record(three, all, "The leader sends; the homeserver has the message, its answer is lost on the way");

    await three.close(leader);
    world.gate.loses = () => false;
    await everywhere("Closing this tab");
    await record(three, all, "The leader was closed; another tab leads and finished what it had begun: the message is there once");

    for (const [n, page] of others.entries()) await write(page, `And on we go, ${n + 1} of 2.`);
    await bob.say(id, "See you all on Thursday!");
    await everywhere("on Thursday!");
    await everywhere("2 of 2.");
    await record(three, all, "The others go on");
    const copies = (await bob.read(id)).filter((body) => body.startsWith("Closing this tab")).length;
    console.log(`On the homeserver the message is there ${copies === 1 ? "once" : `${copies} times`}.`);
    if (copies !== 1) process.exitCode = 1;
  } finally {
    await three.browser.end();
  }
}

const world = await World.start();
try {
  const [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
  await play(world, alice, bob);
} finally {
  await world.stop();
}
