// Starts the core alone, again and again, and prints the times as JSON.
//
//   node build/bench/drive/start.mjs URL
import { open, withBrowser, withProfile } from "./browser.mjs";

const boots = 7;

await withProfile((profile) =>
  withBrowser(profile, async (context) => {
    const page = await open(context, `${process.argv[2]}/start.html`);
    const all = [];
    for (let i = 0; i < boots; i++) all.push(await page.evaluate(() => boot()));
    console.log(JSON.stringify(all));
  }),
);
