// matrix-js-sdk on the stage, as a good app sets it up: its IndexedDB store with
// a worker, the Rust crypto, both opened side by side; members loaded lazily, 20
// events a room, nothing logged. Threads, presence and calls are off, since Alcove
// has none of them yet. The list is sorted when a sync is done, not at each event.
import { ClientEvent, createClient, Filter, IndexedDBStore, RoomEvent, SyncState, TimelineWindow } from "matrix-js-sdk";
import { quiet } from "./quiet.js";
import { changed, run } from "./stage.js";

quiet();
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => silent };

const baseUrl = location.origin;
let client, store, reach, live = false, wanted = "", sorted = [];

run({
  async open(fresh) {
    const session = fresh ? await signIn() : JSON.parse(localStorage.session);
    const workerFactory = () => new Worker(new URL("jssdkstore.js", import.meta.url));
    store = new IndexedDBStore({ indexedDB, dbName: "bench", localStorage, workerFactory });
    client = createClient({ baseUrl, store, ...session, logger: silent, disableVoip: true });
    client.on(ClientEvent.Sync, synced);
    await Promise.all([store.startup(), client.initRustCrypto()]);
  },
  sync() {
    const filter = new Filter(client.getUserId());
    filter.setTimelineLimit(20); // else only the first sync has that limit
    return client.startClient({ filter, initialSyncLimit: 20, lazyLoadMembers: true, disablePresence: true });
  },
  flush: () => store.save(true),
  rooms: (n) => sorted.slice(0, n).map((room) => ({ name: room.name, last: lastOf(room) })),
  count: () => (live ? sorted.length : 0),
  async filter(text) {
    wanted = text;
    sort();
    this.filtered = text;
    changed();
  },
  async enter(id, n) {
    if (reach) return;
    const room = client.getRoom(id);
    reach = new TimelineWindow(client, room.getUnfilteredTimelineSet(), { windowLimit: 20_000 });
    room.on(RoomEvent.LocalEchoUpdated, follow);
    room.on(RoomEvent.Timeline, follow);
    await reach.load(undefined, n);
    changed();
  },
  messages: (n, skip) => newest(messages(), n, skip).map((event) => event.getContent().body ?? ""),
  loaded: () => messages().length,
  async back(n) {
    await reach.paginate("b", n);
    changed();
  },
  say: (text) => client.sendTextMessage(reach.timelineSet.room.roomId, text),
});

async function signIn() {
  const login = { type: "m.login.password", identifier: { type: "m.id.user", user: "ada" }, password: "pass" };
  const { user_id: userId, device_id: deviceId, access_token: accessToken } = await createClient({ baseUrl, logger: silent }).loginRequest(login);
  const session = { userId, deviceId, accessToken };
  localStorage.session = JSON.stringify(session);
  return session;
}

function synced(state) {
  if (state !== SyncState.Prepared && state !== SyncState.Syncing) return;
  live = true;
  sort();
  changed();
}

/** sort is what an app does to get its list; the latest room first. */
function sort() {
  const rooms = client.getRooms().filter((room) => !room.isSpaceRoom() && (!wanted || room.name.toLowerCase().includes(wanted)));
  const keyed = rooms.map((room) => [room.getLastActiveTimestamp(), room]);
  sorted = keyed.sort(([a], [b]) => b - a).map(([, room]) => room);
}

function lastOf(room) {
  const { timeline } = room;
  for (let i = timeline.length - 1; i >= 0; i--) {
    if (timeline[i].getType() === "m.room.message") return timeline[i].getContent().body ?? "";
  }
  return "";
}

/** follow takes what came at the end into the window; what was read back is there already. */
async function follow(_event, _room, atStart) {
  if (atStart === true) return;
  await reach.paginate("f", 20, false);
  changed();
}

const messages = () => (reach?.getEvents() ?? []).filter((event) => !event.isState());
const newest = (all, n, skip) => all.slice(Math.max(0, all.length - skip - n), all.length - skip);
