// Takes pictures of the UI with the fake client, to be looked at:
// node --import tsx web/dev/shots.ts DIR
import { mkdirSync } from "node:fs";
import { Browser, serveFake } from "../e2e/harness.js";

const dir = process.argv[2] ?? "build/out/shots";
mkdirSync(dir, { recursive: true });
const server = await serveFake();
const room = (n: number, more = "") => `#/room/${encodeURIComponent(`!room${n}:example.org`)}${more}`;
const views: readonly (readonly [string, string])[] = [
  ["signin", "?session=signedOut"],
  ["rooms", "?rooms=1200"],
  ["room", `?rooms=1200${room(2)}`],
  ["details", `?rooms=1200${room(2, "/details")}`],
  ["offline", `?sync=offline${room(1)}`],
];
for (const wide of [true, false]) {
  for (const dark of [false, true]) {
    const browser = new Browser();
    await browser.open({ wide, dark });
    for (const [name, path] of views) {
      await browser.page.goto("about:blank");
      await browser.page.goto(`${server.url}/${path}`);
      await browser.page.waitForTimeout(700);
      await browser.page.screenshot({ path: `${dir}/${name}-${wide ? "wide" : "narrow"}-${dark ? "dark" : "light"}.png` });
    }
    for (const problem of browser.problems) console.error(problem);
    await browser.end();
  }
}
server.close();
