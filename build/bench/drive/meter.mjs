// What a browser and a page's process use, read from outside of them.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Profile } from "./profile.mjs";

/** Meter reads one browser. */
export class Meter {
  #browser;
  #session;
  #profiled;

  /** of reads the context's browser, and tells what time is spent on in a group that is profiled. */
  static async of(context, profiled = () => false) {
    const meter = new Meter();
    meter.#browser = context.browser();
    meter.#session = await meter.#browser.newBrowserCDPSession();
    meter.#profiled = profiled;
    return meter;
  }

  /** CPU time of all processes so far, in milliseconds, by process: storage, network and workers among them. */
  async cpu() {
    const { processInfo } = await this.#session.send("SystemInfo.getProcessInfo");
    return new Map(processInfo.map(({ id, cpuTime }) => [id, 1_000 * cpuTime]));
  }

  /** quiet waits until the browser has done next to nothing for that long. */
  async quiet(ms) {
    const step = 300, restless = 20, end = Date.now() + 120_000;
    let before = await this.cpu();
    for (let still = 0; still < ms && Date.now() < end; ) {
      await sleep(step);
      const now = await this.cpu();
      still = used(before, now) <= restless ? still + step : 0;
      before = now;
    }
  }

  /** spent is the CPU time of all processes from now until the group's work is done and the browser is quiet again. */
  async spent(group, work, ms = 900) {
    const before = await this.cpu();
    const result = this.#profiled(group) ? await this.#profile(work, ms) : await work();
    await this.quiet(ms);
    return { result, cpu: used(before, await this.cpu()) };
  }

  /** A browser that is profiled is never quiet. */
  async #profile(work, ms) {
    const profile = await Profile.start(this.#browser, (await this.cpu()).keys());
    const result = await work();
    await sleep(ms);
    await profile.stop((await this.cpu()).keys());
    return result;
  }

  /** processOf is the page's process: that which works while the page is made to. */
  async processOf(page) {
    const before = await this.cpu();
    await page.evaluate(() => {
      for (const end = performance.now() + 500; performance.now() < end; );
    });
    const now = await this.cpu();
    const worked = (id) => now.get(id) - (before.get(id) ?? 0);
    return [...now.keys()].sort((a, b) => worked(b) - worked(a))[0];
  }
}

const used = (before, now) => [...now].reduce((sum, [id, ms]) => sum + Math.max(0, ms - (before.get(id) ?? 0)), 0);

/** privateBytes is what the process alone holds: the heaps of its page and workers, wasm and all else. Undefined where the system does not say. */
export function privateBytes(pid) {
  const lines = proc(pid, "smaps_rollup").matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm);
  return [...lines].reduce((sum, [, kB]) => sum + Number(kB) * 1024, 0) || undefined;
}

/** peakBytes is the most memory that the process ever had in use. */
export function peakBytes(pid) {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(proc(pid, "status"));
  return found ? Number(found[1]) * 1024 : undefined;
}

function proc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** collect frees what is garbage in the page and in its workers, so that memory says what is held. */
export async function collect(page) {
  for (const scope of [page, ...page.workers()]) await scope.evaluate(() => globalThis.gc?.());
  await sleep(500);
}
