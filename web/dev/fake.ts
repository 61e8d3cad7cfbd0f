// A client without a core or a server, for looking at the UI and for its
// tests. `vite build --mode fake` puts it in the place of the package; the
// real build cannot reach it. Its state is set up by the page's address:
//
//   ?rooms=1200 &items=5000 &ends=formatted (samples.ts) &session=signedOut|softLogout|storageLost|restoring
//   &sync=offline|failing|starting|paused &latency=200 &stale &refuses
//   &failed=storage.hung &stays &cold &full &inMemory
//   &knocked &spaces (fakespaces.ts) &admin (fakeadmin.ts)
//   &encryption=… (fakeencryption.ts) &bare &unkept=once|always &follows &lost=2 &lock=open|locked
//
// and changed later through `window.fake`.
import type {
  Capabilities, Client, ClientOptions, CreateRoomParams, EncryptionStatus, ErrorCode, EventItem, LinkOptions, LiveRoom, LiveTimeline, LoginPasswordParams, MessageOptions, PushRules, Room,
  RoomDetails, RoomFilter, RoomList, RoomListOptions, RoomPreview, Send, SessionSnapshot, StorageSnapshot, TimelineOptions, VerificationSnapshot,
} from "alcove";
import { formatMatrixTo } from "../../js/src/link.js";
import { Box, ListBox } from "./box.js";
import { FakeEncryption } from "./fakeencryption.js";
import { FakeLock } from "./fakelock.js";
import { FakeRoom } from "./fakeroom.js";
import { FakeTimeline } from "./faketimeline.js";
import { asked, FakeAdmin } from "./fakeadmin.js";
import { directory } from "./fakedirectory.js";
import { capabilities, FakePeople } from "./fakepeople.js";
import { FakeSpaces } from "./fakespaces.js";
import { me, now, person, rooms } from "./generate.js";
import { AlcoveError, number, query, wait } from "./setup.js";

export { formatLink, formatMatrixTo, parseID, parseLink } from "../../js/src/link.js";
export { AlcoveError } from "./setup.js";

const refuse = async () => {
  await wait();
  control.refused++;
  throw new AlcoveError("session.missing");
};

const signedIn: SessionSnapshot = { state: "ready", sync: "live", core: "running", leader: !query.has("follows"), userId: me.id, deviceId: "FAKEDEVICE", homeserver: "https://example.org" };

const nobody: SessionSnapshot = { state: "signedOut", sync: "stopped", core: "running", leader: true };

function firstSession(): SessionSnapshot {
  const state = (query.get("session") ?? "ready") as SessionSnapshot["state"];
  const sync = (query.get("sync") ?? "live") as SessionSnapshot["sync"];
  const failed = query.get("failed") as ErrorCode | null;
  const core = failed ? "failed" : "running";
  const code = failed ?? "server.error";
  const error = failed || sync === "failing" ? { error: { code, message: "", recoverable: true } } : {};
  if (state === "signedOut" || query.has("cold")) return { state: state === "ready" ? "restoring" : state, sync: "stopped", core, leader: true, ...error };
  return { ...signedIn, state, sync, core, ...error };
}

class World {
  readonly session = new Box<SessionSnapshot>(firstSession());
  readonly storage = new Box<StorageSnapshot | undefined, StorageSnapshot>({
    open: true,
    full: query.has("full"),
    inMemory: query.has("inMemory"),
    protected: !query.has("bare"),
    persisted: !query.has("unkept"),
    ...(query.has("lost") && { lost: { account: query.has("session"), rooms: 3, unsent: number("lost", 2), since: now } }),
    usage: 48_300_000,
    quota: 2_140_000_000,
  });
  readonly lock = new FakeLock();
  readonly encryption = new FakeEncryption();
  rooms: Room[] = rooms(number("rooms", 40));
  readonly spaces = new FakeSpaces(this);
  readonly people = new FakePeople();
  readonly lists = new Set<FakeRoomList>();
  readonly #open = new Map<string, FakeRoom>();

  room(id: string): FakeRoom | undefined {
    const room = this.rooms.find((one) => one.id === id);
    if (!room) return undefined;
    let fake = this.#open.get(id);
    if (!fake) this.#open.set(id, (fake = new FakeRoom(room, this.rooms.indexOf(room), () => this.session.getSnapshot().sync === "offline")));
    return fake;
  }

  /** Rooms of the account, and one beyond it of that name: ids and aliases that begin with "far". */
  async preview(id: string): Promise<RoomPreview> {
    await wait();
    const known = this.spaces.previewOf(id);
    if (known) return known;
    const how = /^[!#]far-(\w+)/.exec(id)?.[1] as RoomPreview["entry"]["how"] | undefined;
    if (!how) throw new AlcoveError("server.notFound");
    const far: RoomPreview = { id: "!far:example.net", name: "Far away", topic: "What happens elsewhere", joined: 1_204, joinRule: how === "join" ? "public" : how, entry: { how }, via: ["example.net"] };
    this.spaces.previews.set(far.id, far);
    return far;
  }

  change(id: string, change: Partial<Room> | undefined): void {
    this.rooms = this.rooms.flatMap((room) => (room.id !== id ? [room] : change ? [{ ...room, ...change }] : []));
    const room = this.rooms.find((one) => one.id === id);
    const box = this.#open.get(id)?.details;
    const value = box?.getSnapshot();
    if (room && box && value) box.put({ ...value, room });
    this.tell();
  }

  changeDetails(id: string, change: Partial<RoomDetails>): void {
    const box = this.room(id)?.details;
    const value = box?.getSnapshot();
    if (!box || !value) return;
    const details = { ...value, ...change };
    box.put(details);
    this.change(id, details.room);
  }

  tell(): void {
    for (const list of this.lists) list.show();
    this.spaces.tell();
  }

  shown(): ListBox<unknown>[] {
    return [...this.lists, ...[...this.#open.values()].flatMap((room) => [...room.timelines])] as ListBox<unknown>[];
  }
}

const kinds: Readonly<Record<string, string>> = { join: "joined", invite: "invited", knock: "knocked" };

function fits(room: Room, filter: RoomFilter): boolean {
  return (
    (room.type ?? "") === (filter.type ?? "") &&
    (filter.kind ? kinds[room.membership] === filter.kind : room.membership !== "leave") &&
    (!filter.space || world.spaces.within(filter.space).has(room.id)) &&
    (!filter.unread || room.unread > 0 || room.markedUnread === true || room.membership === "invite") &&
    (filter.direct === undefined || filter.direct === (room.direct !== undefined)) &&
    (!filter.tag || (room.tags ?? []).some((tag) => tag.name === filter.tag)) &&
    (!filter.text || room.name.toLowerCase().includes(filter.text.toLowerCase()))
  );
}

class FakeRoomList extends ListBox<Room> implements RoomList {
  readonly #world: World;
  readonly #step: number;
  #filter: RoomFilter;
  #window: number;

  constructor(world: World, { filter = {}, window = Infinity }: RoomListOptions) {
    super([]);
    this.#world = world;
    this.#filter = filter;
    this.#window = this.#step = window;
    this.stale = query.has("stale");
    world.lists.add(this);
    this.show();
  }

  show(): void {
    const found = this.#world.rooms.filter((room) => fits(room, this.#filter));
    this.total = found.length;
    this.put(found.slice(0, this.#window));
  }

  async setFilter(filter: RoomFilter): Promise<void> {
    await wait();
    this.#filter = filter;
    this.#window = this.#step;
    this.show();
  }

  async more(): Promise<void> {
    await wait();
    this.#window += this.#step;
    this.show();
  }

  override close(): void {
    super.close();
    this.#world.lists.delete(this);
  }
}

class FakeLiveRoom extends FakeAdmin implements LiveRoom {
  override readonly error: undefined;
  readonly id: string;
  readonly send: Send;
  readonly #world: World;
  readonly #room: FakeRoom | undefined;
  readonly #stop: (() => void) | undefined;

  constructor(world: World, id: string) {
    const room = world.room(id);
    super(room?.details.getSnapshot());
    this.error = room ? undefined : (new AlcoveError("room.unknown") as unknown as undefined);
    this.#world = world;
    this.#room = room;
    this.id = id;
    this.#stop = room?.details.subscribe(() => this.put(room.details.getSnapshot()));
    this.send = this.#sender();
  }

  #sender(thread?: string): Send {
    const message = (type: string) => async (body: string, options: MessageOptions = {}) => {
      if (query.has("refuses")) await refuse();
      control.sent.push({ body, ...options, replyTo: options.replyTo?.key });
      return this.#need().send(type, body, options, thread);
    };
    return {
      text: message("m.text"), notice: message("m.notice"), emote: message("m.emote"),
      event: async () => this.#need().send("m.text", ""),
      poll: async (question, answers, options) => this.#need().sendPoll(question, answers, options),
      handle: (key, txnId) => this.#need().handle(key, txnId),
    };
  }

  #need(): FakeRoom {
    if (!this.#room) throw new AlcoveError("room.unknown");
    return this.#room;
  }

  timeline(options: TimelineOptions = {}): LiveTimeline {
    return new FakeTimeline(this.#room, this.id, options.thread ? this.#sender(options.thread) : this.send, options);
  }

  threads = async () => ({ items: [] });
  search = async () => ({ items: [] });
  eventAt = async () => ({ eventId: "$event", ts: now });
  setNotifications = async () => {};
  pin = async () => {};
  unpin = async () => {};
  persons = async (users: readonly string[]) => {
    await wait();
    const all = [me, ...this.members().getSnapshot().map(({ person }) => person)];
    return users.map((id) => all.find((person) => person.id === id) ?? { id, name: id });
  };
  link = async ({ event }: LinkOptions = {}) => {
    await wait();
    const via = ["example.org"];
    return formatMatrixTo(event ? { kind: "event", room: this.id, event, via } : { kind: "room", id: this.id, via });
  };

  async #change(change: Partial<Room> | undefined): Promise<void> {
    await wait();
    this.#world.change(this.id, change);
  }

  protected changeRoom = (change: Partial<Room> | undefined): void => this.#world.change(this.id, change);
  protected changeDetails = (change: Partial<RoomDetails>): void => this.#world.changeDetails(this.id, change);

  join = () => this.#change({ membership: "join" });
  knock = async () => {
    await wait();
    this.#world.spaces.become(this.id, "knock");
  };
  leave = async () => {
    await wait();
    this.#world.spaces.become(this.id, undefined);
  };
  forget = () => this.#change(undefined);
  setState = async (type: string) => {
    if (type === "m.room.encryption") await this.#change({ encrypted: true });
    return "$state";
  };
  typing = async (typing: boolean) => void control.typed.push(typing);
  markRead = async () => this.#change({ unread: 0, highlights: 0 });
  setTag = (name: string) => this.#change({ tags: [{ name }] });
  removeTag = () => this.#change({ tags: [] });
  setMarkedUnread = (unread: boolean) => this.#change({ markedUnread: unread });

  override close(): void {
    super.close();
    this.#stop?.();
  }
}

const world = new World();

/** What tests do to the world from outside. */
const control = {
  typed: [] as boolean[],
  /** What was sent, with what goes with it. */
  sent: [] as object[],
  refused: 0,
  joined: [] as object[],
  created: undefined as CreateRoomParams | undefined,
  credentials: undefined as LoginPasswordParams | undefined,
  /** Makes all lists of an earlier time, or of now again. */
  stale: (stale: boolean) => {
    for (const list of world.shown()) list.setStale(stale);
  },
  session: (change: Partial<SessionSnapshot>) => world.session.put({ ...world.session.getSnapshot(), ...change }),
  storage: (value: StorageSnapshot) => world.storage.put(value),
  receive: (id: string, body: string, n = 1) => world.room(id)?.receive(person(n), body),
  /** An event of anybody's, as a core might hand it on. */
  event: (id: string, event: Partial<EventItem>) => world.room(id)?.add({ sender: person(1), type: "m.room.message", content: {}, ...event }),
  typing: (id: string, names: number) => {
    const box = world.room(id)?.details;
    const value = box?.getSnapshot();
    if (value) box?.put({ ...value, typing: Array.from({ length: names }, (_, n) => person(n + 1)) });
  },
  room: (id: string, change: Partial<Room>) => world.change(id, change),
  details: (id: string, change: Partial<RoomDetails>) => world.changeDetails(id, change),
  /** What those who keep rooms asked for. */
  asked,
  searched: world.people.searched,
  moved: world.spaces.moved,
  keysCame: (id: string) => world.room(id)?.keysCame(),
  encryption: (change: Partial<EncryptionStatus>) => world.encryption.change(change),
  asks: (user?: string) => world.encryption.ask(user),
  verification: (change: Partial<VerificationSnapshot>) => world.encryption.verified(change),
};
Object.assign(globalThis, { fake: control });
freezeClock();

function freezeClock(): void {
  const shift = now - Date.now();
  const real = Date.now;
  Date.now = () => real() + shift;
}

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
  profile: async (id) => ({ id, name: id, fields: {} }),
  capabilities: new Box<Capabilities | undefined, Capabilities>(capabilities()),
  setProfile: async () => {},
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
