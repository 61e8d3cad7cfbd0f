// Draws the PNG icons from public/icon.svg: node --import tsx web/dev/icons.ts
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const dir = fileURLToPath(new URL("../public/", import.meta.url));
const svg = readFileSync(`${dir}icon.svg`, "utf8");
/** A maskable icon fills its square; what matters stays in the inner circle. */
const maskable = svg.replace(/rx="112"/, "").replace('viewBox="0 0 512 512"', 'viewBox="-64 -64 640 640" style="background:#4a47c4"');

const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const [name, size, source] of [["icon-192", 192, svg], ["icon-512", 512, svg], ["icon-mask", 512, maskable]] as const) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${source}`);
  await page.screenshot({ path: `${dir}${name}.png`, omitBackground: true });
}
await browser.close();
