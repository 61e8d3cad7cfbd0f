// The two visits of a device, and what is measured in them.
import { open } from "./browser.mjs";
import { collect, Meter, peakBytes, privateBytes } from "./meter.mjs";
import { pushNews, takeTasks } from "./scene.mjs";
import { bytes, filter, hour, long, push, room, send } from "./steps.mjs";

/** Longer than any client puts off what it stores after a change. */
const settled = 3_000;

export async function firstVisit(context, scene) {
  const { take } = scene;
  const meter = await Meter.of(context, scene.profiled);
  const page = await arrive(context, meter, `${scene.url}/${scene.client}.html?fresh`);
  const ready = await page.evaluate(() => bench.opened());
  take("cold.ready", ready);
  await meter.quiet(900);
  const { result, cpu } = await meter.spent("cold", () => page.evaluate((n) => bench.sync(n), scene.listed), settled);
  take("cold.list", ready + result);
  take("cold.cpu", cpu);
  takeTasks("cold", take, await page.evaluate(() => bench.tasks()));
  await takeMemory("cold", scene, meter, page);
  if (scene.wants("bytes") && scene.run === 0) await bytes(page, scene);
  await page.evaluate(() => bench.flush());
  await meter.quiet(900);
}

export async function nextVisit(context, scene) {
  const { take, wants } = scene;
  const meter = await Meter.of(context, scene.profiled);
  const news = await pushNews(scene.url, 50);
  const visit = await meter.spent("warm", async () => {
    const page = await arrive(context, meter, `${scene.url}/${scene.client}.html`);
    return { page, times: await page.evaluate((text) => bench.visit(text), news.marker) };
  }, settled);
  const { page, times } = visit.result;
  take("warm.list", times.list);
  take("warm.live", times.live);
  take("warm.cpu", visit.cpu);
  takeTasks("warm", take, await page.evaluate(() => bench.tasks()));
  const stage = { ...scene, page, meter };
  if (wants("push")) await push(stage);
  if (wants("filter")) await filter(stage);
  if (wants("room")) await room(stage);
  if (wants("long")) await long(stage);
  if (wants("send")) await send(stage);
  if (wants("hour")) {
    await hour(stage);
    await takeMemory("hour", scene, meter, page);
  }
}

async function arrive(context, meter, url) {
  const page = context.pages()[0] ?? (await open(context));
  page.on("pageerror", (error) => console.error(`bench: ${error.stack}`));
  await meter.quiet(900);
  await page.goto(url);
  await page.waitForFunction(() => "bench" in globalThis);
  return page;
}

async function takeMemory(group, { take }, meter, page) {
  const pid = await meter.processOf(page);
  take(`${group}.peak`, megabytes(peakBytes(pid)));
  await collect(page);
  take(`${group}.memory`, megabytes(privateBytes(pid)));
}

const megabytes = (bytes) => (bytes === undefined ? undefined : bytes / 1e6);
