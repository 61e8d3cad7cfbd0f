// What is done in a visit once the client is live.
import { expectNews, journal, pushNews, takeTasks, until } from "./scene.mjs";

/** The first message of a new device is sent; what it took to download is weighed. */
export async function bytes(page, { url, quiet, take }) {
  await page.evaluate((id) => bench.enter(id), quiet);
  await page.evaluate(() => bench.say("the first message"));
  const sent = await until(async () => (await journal(url)).find(({ what }) => what === "sent"));
  const files = (await journal(url)).filter(({ what, at }) => what === "file" && at < sent.at).map(({ of }) => of);
  take("bytes.send", 0, { files: [...new Set(files)] });
}

/** Responses come while the list is shown, one after the other. */
export async function push(stage) {
  for (const [events, times] of [[1, 10], [50, 5], [500, 3]]) {
    const group = `push.${events}`;
    await stage.meter.quiet(900);
    const { result, cpu } = await stage.meter.spent("push", async () => {
      const all = [];
      for (let i = 0; i < times; i++) all.push(await pushed(stage, events));
      return all;
    });
    stage.take(`${group}.diff`, median(result.map(({ diff }) => diff)));
    stage.take(`${group}.next`, median(result.map(({ next }) => next)));
    stage.take(`${group}.cpu`, cpu / times);
  }
}

/** pushed is one response: from its departure until it is painted, and until the client, done with it, asks for the next. */
async function pushed({ page, url }, events) {
  const { marker, token } = await expectNews(url);
  await page.evaluate((text) => void (globalThis.shown = bench.shown(text)), marker);
  await pushNews(url, events);
  const painted = await page.evaluate(() => shown);
  return until(async () => {
    const entries = await journal(url);
    const at = (kind) => entries.find(({ what, of }) => what === kind && of === token)?.at;
    return at("asked") && { diff: painted - at("answered"), next: at("asked") - at("answered") };
  });
}

export async function filter({ page, meter, take, word }) {
  await meter.quiet(900);
  take("filter.list", await page.evaluate((text) => bench.filter(text), word));
  await page.evaluate(() => bench.filter(""));
}

/** A room is opened and read back, a page at a time. */
export async function room(stage) {
  const { page, meter, take } = stage;
  await meter.quiet(900);
  take("room.open", await enter(stage));
  await meter.quiet(900);
  await page.evaluate(() => bench.tasks());
  const { result, cpu } = await meter.spent("room", () => page.evaluate(() => bench.back(1_000, 50)));
  take("room.back1000", result);
  take("room.cpu", cpu);
  takeTasks("room", take, await page.evaluate(() => bench.tasks()));
}

/** It is read back for long, and scrolled through. */
export async function long(stage) {
  const { page, meter, take } = stage;
  await enter(stage);
  await meter.quiet(900);
  await page.evaluate(() => bench.tasks());
  take("long.back", await page.evaluate(() => bench.back(9_000, 50)));
  takeTasks("long", take, await page.evaluate(() => bench.tasks()));
  await meter.quiet(900);
  take("long.scroll", await page.evaluate(() => bench.scroll()));
}

/** enter opens the room that the traffic leaves alone. */
const enter = ({ page, quiet }) => page.evaluate((id) => bench.enter(id), quiet);

export async function send(stage) {
  const { page, meter, url, take } = stage;
  await enter(stage);
  const all = [];
  for (let i = 0; i < 10; i++) {
    await meter.quiet(600);
    const before = (await journal(url)).filter(({ what }) => what === "sent").length;
    const { at, echo } = await page.evaluate((text) => bench.say(text), `message ${i}`);
    const sent = await until(async () => (await journal(url)).filter(({ what }) => what === "sent")[before]);
    all.push({ echo, wire: sent.at - at });
  }
  take("send.echo", median(all.map(({ echo }) => echo)));
  take("send.wire", median(all.map(({ wire }) => wire)));
}

/** An hour's traffic, each response as soon as the client asks for it. */
export async function hour({ page, meter, take, url }) {
  const responses = 400, events = 3;
  const { cpu } = await meter.spent("hour", async () => {
    const { marker } = await pushNews(url, events, responses);
    await page.evaluate((text) => bench.shown(text), marker);
  }, 3_000);
  take("hour.cpu", cpu);
}

const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
