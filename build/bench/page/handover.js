// A tab among others: it shows the first rooms of the list and writes. What it
// leaves on globalThis, handover.mjs calls.
import { createClient } from "/package/index.js";

/** show draws what a phone would show of the list. */
function show(rooms) {
  const items = rooms.slice(0, 20).map((room) => Object.assign(document.createElement("li"), { textContent: room.name }));
  document.getElementById("list").replaceChildren(...items);
}

const start = () => createClient({ store: "bench", homeserver: location.origin });

/** follow resolves when the core's own list has as many rooms; it asks for all, the most a page can. */
function follow(client, rooms) {
  return new Promise((resolve) => {
    const list = client.rooms.list();
    const changed = () => {
      const shown = list.getSnapshot();
      show(shown);
      if (list.stale || list.total < rooms) return;
      resolve();
    };
    list.subscribe(changed);
    changed();
  });
}

/** The client of a tab among others, and its list. */
let client, list, stopped = false;

/** write sends one message after the other, each as soon as the last one is stored. */
async function write() {
  const room = client.room(list.getSnapshot()[0].id);
  for (let n = 0; !stopped; n++) {
    const body = `${performance.timeOrigin} ${n}`;
    await room.send.text(body);
    void accept(body);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

globalThis.bench = {
  /** Opens a tab beside others; quiet ones do not write. */
  async join(rooms, quiet = false) {
    client = await start();
    await follow(client, rooms);
    list = client.rooms.list();
    await list.ready;
    if (!quiet) void write();
  },
  leads: () => client.session.getSnapshot().leader && client.session.getSnapshot().core === "running",
  /** Settles when the list went stale and came back: when, as who, and after what. */
  live() {
    let gone = false;
    const marks = {};
    const note = (name) => void (marks[name] ??= Date.now());
    client.session.subscribe(() => {
      const { core, leader } = client.session.getSnapshot();
      note(`${core}${leader ? " here" : ""}`);
    });
    return new Promise((resolve) => {
      const leave = list.subscribe(() => {
        gone ||= list.stale;
        if (!gone || list.stale) return;
        leave();
        resolve({ at: Date.now(), leads: client.session.getSnapshot().leader, marks });
      });
    });
  },
  stop() {
    stopped = true;
  },
  /** Signs in and takes in the account. */
  async first(rooms) {
    client = await start();
    await client.ready;
    await client.login.password({ user: "ada", password: "pass" });
    await follow(client, rooms);
    list = client.rooms.list();
    await new Promise((resolve) => client.session.subscribe(() => client.session.getSnapshot().sync === "live" && resolve()));
  },
};
