// Alcove on the stage, as its README shows it.
import { createClient } from "/package/index.js";
import { changed, run } from "./stage.js";

let client, list, timeline;

run({
  async open(fresh) {
    client = await createClient({ store: "bench", homeserver: location.origin });
    list = client.rooms.list({ window: 40 });
    list.subscribe(changed);
    changed();
    await client.ready;
  },
  /** A stored session syncs by itself. */
  sync: async () => {
    if (client.session.getSnapshot().state === "signedOut") await client.login.password({ user: "ada", password: "pass" });
  },
  /** The snapshot of the list is stored two seconds after a change. */
  flush: () => new Promise((resolve) => setTimeout(resolve, 3_000)),
  rooms: (n) => (list?.getSnapshot() ?? []).slice(0, n).map(({ name, last }) => ({ name, last: last?.body ?? "" })),
  count: () => (!list || list.stale ? 0 : list.total),
  async filter(text) {
    await list.setFilter({ text });
    this.filtered = text;
    changed();
  },
  async enter(room, n) {
    if (timeline) return;
    timeline = client.room(room).timeline({ limit: n });
    timeline.subscribe(changed);
  },
  messages: (n, skip) => newest(messages(), n, skip).map(({ event }) => event.content.body ?? ""),
  loaded: () => messages().length,
  back: (n) => timeline.paginate("back", n),
  say: (text) => timeline.send.text(text),
});

const messages = () => (timeline?.getSnapshot() ?? []).filter(({ kind }) => kind === "event");
const newest = (all, n, skip) => all.slice(Math.max(0, all.length - skip - n), all.length - skip);
