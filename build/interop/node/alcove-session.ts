import { startClient } from "../../../js/src/client.js";
import type { Cores } from "../../../js/src/core.js";
import type { Client, Device, Encryption, LiveList, LiveRoom, LiveTimeline } from "../../../js/src/index.js";
import { makePage } from "../../../js/test/fakecore.js";
import { Gate } from "./gate.js";
import { until } from "./lines.js";

type Account = { readonly homeserver: string; readonly user: string; readonly password: string };
type Request = { readonly method: string; readonly path: string; readonly body?: object | null };

let stores = 0;

/** Session is one device that is signed in. */
export class Session {
  readonly #cores: Cores;
  #client: Client | undefined;
  #network: { readonly url: string; close(): void } | undefined;
  readonly #store = `interop ${stores++}`;
  readonly #gate = new Gate();
  readonly #timelines = new Map<string, LiveTimeline>();
  readonly #rooms = new Map<string, LiveRoom>();
  readonly #devices = new Map<string, LiveList<Device>>();

  constructor(cores: Cores) {
    this.#cores = cores;
  }

  get client(): Client {
    if (!this.#client) throw new Error("not signed in");
    return this.#client;
  }

  get encryption(): Encryption {
    return this.client.encryption;
  }

  get me(): string {
    return this.client.session.getSnapshot().userId ?? "";
  }

  readonly commands = {
    login: (as: Account) => this.#login(as),
    request: (request: Request) => this.request(request),
    offline: async () => void (this.#gate.open = false),
    online: async () => void (this.#gate.open = true),
    stop: async () => this.#stop(),
    start: () => this.#start(),
    logout: () => this.client.logout({ force: true }),
  };

  async #login({ homeserver, user, password }: Account): Promise<string> {
    this.#network = await this.#gate.serve(homeserver);
    await this.#start();
    await this.client.login.password({ user, password });
    await until(() => this.#uploaded().catch(() => false)); // the network may be bad
    await this.encryption.ready;
    return (await this.request<{ device_id: string }>({ method: "GET", path: "/_matrix/client/v3/account/whoami" })).device_id;
  }

  async #start(): Promise<void> {
    const homeserver = this.#network?.url;
    this.#client = await startClient({ store: this.#store, homeserver }, this.#cores, makePage());
  }

  /** What a page that is closed does. */
  #stop(): void {
    for (const open of [this.#timelines, this.#rooms, this.#devices].flatMap((all) => [...all.values()])) open.close();
    this.#timelines.clear();
    this.#rooms.clear();
    this.#devices.clear();
    this.#client?.close();
    this.#client = undefined;
  }

  /** Says whether others can encrypt for the device. */
  async #uploaded(): Promise<boolean> {
    type Counts = { one_time_key_counts: Record<string, number> };
    const { one_time_key_counts: counts } = await this.request<Counts>({ method: "POST", path: "/_matrix/client/v3/keys/upload", body: {} });
    return (counts["signed_curve25519"] ?? 0) > 0;
  }

  async request<T>({ method, path, body }: Request): Promise<T> {
    const answer = await this.client.request(method, path, (body ?? undefined) as never);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status}`);
    return answer.body as T;
  }

  /** What is known of a room, which it goes on to watch. */
  room(room: string): LiveRoom {
    const open = this.#rooms.get(room) ?? this.client.room(room as never);
    this.#rooms.set(room, open);
    open.subscribe(() => {});
    return open;
  }

  /** The open timeline of a room, or of a thread in it. */
  timeline(room: string, thread = ""): LiveTimeline {
    const key = `${room} ${thread}`;
    const open = this.#timelines.get(key) ?? this.client.room(room as never).timeline(thread ? { thread: thread as never } : {});
    this.#timelines.set(key, open);
    return open;
  }

  /** What is known of a user's devices, which it goes on to watch. */
  async devices(user: string): Promise<readonly Device[]> {
    const open = this.#devices.get(user) ?? this.encryption.devices(user as never);
    this.#devices.set(user, open);
    await open.ready;
    return open.getSnapshot();
  }

  async close(): Promise<void> {
    this.#stop();
    this.#network?.close();
  }
}
