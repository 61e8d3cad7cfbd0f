// A client without a core or a server, for looking at the UI and for its
// tests. `vite build --mode fake` puts it in the place of the package; the
// real build cannot reach it. Its state is set up by the page's address:
//
//   ?rooms=1200 &items=5000 &ends=formatted (samples.ts) &session=signedOut|softLogout|storageLost|restoring
//   &sync=offline|failing|starting|paused &latency=200 &stale &refuses
//   &failed=storage.hung &stays &cold &full &inMemory
//   &profile=none|picture|fails &pinned=fails &knocked &spaces (fakespaces.ts) &admin (fakeadmin.ts)
//   &encryption=… (fakeencryption.ts) &bare &unkept=once|always &follows &lost=2 &lock=open|locked
//
// and changed later through `window.fake` (fakecontrol.ts).
import type { Capabilities, Client, ClientOptions, CreateRoomParams, PushRules, Room } from "alcove";
import { Box } from "./box.js";
import { asked } from "./fakeadmin.js";
import { control } from "./fakecontrol.js";
import { directory } from "./fakedirectory.js";
import { FakeRoomList } from "./fakelist.js";
import { FakeLiveRoom } from "./fakeliveroom.js";
import { capabilities } from "./fakepeople.js";
import { profile, setProfile } from "./fakeprofile.js";
import { firstSession, nobody, signedIn, world } from "./fakeworld.js";
import { AlcoveError, query, wait } from "./setup.js";

export { formatLink, formatMatrixTo, parseID, parseLink } from "../../js/src/link.js";
export { AlcoveError } from "./setup.js";

const client: Client = {
  session: world.session,
  ready: Promise.resolve(),
  storage: Object.assign(world.storage, {
    async persist() {
      await wait();
      const persisted = query.get("unkept") !== "always";
      world.storage.put({ ...world.storage.getSnapshot(), open: true, full: false, persisted });
      return persisted;
    },
  }),
  lock: world.lock,
  encryption: world.encryption,
  login: {
    async flows(homeserver) {
      await wait();
      if (homeserver?.includes("nowhere")) throw new AlcoveError("network.offline");
      if (homeserver?.includes("html")) throw new AlcoveError("server.invalid");
      return { homeserver: `https://${homeserver?.replace(/^https?:\/\//, "")}`, flows: [{ type: homeserver?.includes("sso") ? "m.login.sso" : "m.login.password" }] };
    },
    async password(credentials) {
      await wait();
      control.credentials = credentials;
      if (credentials.password !== "secret") throw new AlcoveError("login.forbidden");
      world.session.put(signedIn);
      return signedIn;
    },
  },
  async logout(options) {
    await wait();
    if (!options?.force && query.has("unsent")) throw new AlcoveError("session.unsent");
    world.session.put(nobody);
  },
  async erase() {
    await wait();
    world.lock.drop();
    world.session.put(nobody);
  },
  rooms: {
    list: (options = {}) => new FakeRoomList(world, options),
    async create(params: CreateRoomParams) {
      await wait();
      control.created = params;
      const { name = "", encrypted = false } = params;
      const id = `!new${world.rooms.length}:example.org`;
      const room: Room = { key: id, id, membership: "join", name, named: { from: name ? "name" : "empty" }, encrypted, unread: 0, highlights: 0, recency: Date.now(), ...(params.type && { type: params.type }), ...(params.direct && params.invite?.[0] && { direct: params.invite[0] }) };
      world.rooms = [room, ...world.rooms];
      if (params.space) await world.spaces.setChild(params.space, id);
      if (params.type && !params.space) world.spaces.add(id);
      world.tell();
      return id;
    },
    async join(id, { via } = {}) {
      await wait();
      control.joined.push({ id, via });
      const preview = await world.preview(id);
      world.spaces.become(preview.id, "join", preview);
      return preview.id;
    },
    async knock(id) {
      await wait();
      world.spaces.become(id, "knock");
      return id;
    },
    preview: (id) => world.preview(id),
    directory: (options = {}) => directory(world.spaces, options),
  },
  spaces: world.spaces,
  room: (id) => new FakeLiveRoom(world, id),
  profile,
  capabilities: new Box<Capabilities | undefined, Capabilities>(capabilities()),
  setProfile,
  async report(what) {
    await wait();
    asked.push(["report", what]);
  },
  people: world.people,
  notifications: Object.assign(new Box<PushRules | undefined, PushRules>({ rules: [] }), {
    setRule: async () => {}, mute: async () => {}, addKeyword: async () => {}, removeKeyword: async () => {},
  }),
  diagnostics: {
    async explainUnread() {
      throw new AlcoveError("server.unsupported");
    },
  },
  accountData: { get: async () => null, set: async () => {} },
  request: async () => ({ status: 404, body: null }),
  async restart() {
    world.session.put({ ...world.session.getSnapshot(), core: "restarting" });
    await wait();
    const { error: _, ...session } = world.session.getSnapshot();
    world.session.put(query.has("stays") ? firstSession() : { ...session, core: "running" });
  },
  close: () => {},
};

let boots = 0;

export async function createClient(_: ClientOptions = {}): Promise<Client> {
  if (query.get("boot") === "fails" && !boots++) throw new AlcoveError("storage.unavailable");
  if (query.get("boot") === "never") return new Promise(() => {});
  return client;
}

export async function eraseStore(): Promise<void> {
  await wait();
  world.session.put(nobody);
}
