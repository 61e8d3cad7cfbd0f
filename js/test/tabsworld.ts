// Some tabs of one store on a fake site, with time that passes as a test wants.
import type { TestContext } from "node:test";
import type { Client } from "../src/client.js";
import { fakeClock } from "./clock.js";
import { Disk } from "./fakeprogram.js";
import { Site } from "./fakesite.js";
import { FakeTab } from "./faketabs.js";

/** world opens tabs, and lets time pass and events happen. */
export function world(t: TestContext) {
  const clock = fakeClock(t);
  const site = new Site();
  const disk = new Disk();
  const tabs: FakeTab[] = [];
  const open = async (options?: ConstructorParameters<typeof FakeTab>[2]): Promise<FakeTab> => {
    const tab = new FakeTab(site, disk, options);
    tabs.push(tab);
    await site.settle();
    return tab;
  };
  /** pass lets time pass. */
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      clock.tick(1_000);
      await site.settle();
    }
  };
  t.after(async () => {
    for (const tab of tabs) await tab.client.then((client) => client.close(), () => {});
  });
  return { site, disk, open, pass, settle: () => site.settle() };
}

export const session = async (tab: FakeTab) => (await tab.client).session.getSnapshot();
export const leads = async (tab: FakeTab) => (await session(tab)).leader;
export const say = async (tab: FakeTab, body: string) => (await tab.client).room("!a").send.text(body);
/** made is how many workers tabs started. */
export const made = (tabs: readonly FakeTab[]) => tabs.reduce((sum, tab) => sum + tab.workers.length, 0);

/** watch is a live list of what was said, as a tab has it. */
export function watch(client: Client) {
  const list = client.rooms.list();
  const states: string[] = [];
  list.subscribe(() => states.push(`${list.stale ? "stale " : ""}${list.error?.code ?? ""}${list.getSnapshot().map((room) => room.name)}`));
  return { list, states, said: () => list.getSnapshot().map((room) => room.name) };
}
