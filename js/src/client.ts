import { calls, ONCE } from "./api.js";
import type {
  CallOptions,
  Calls,
  Capabilities,
  Json,
  ReportParams,
  RoomID,
  ServerResponse,
  Session,
  UserID,
  UserProfile,
} from "./api.js";
import { makeAccountData, makeLogin } from "./account.js";
import type { AccountDataStore, Login } from "./account.js";
import { workers } from "./boot.js";
import type { BootProgress } from "./boot.js";
import { thisSite } from "./commons.js";
import { Core } from "./core.js";
import type { Cores } from "./core.js";
import { deferred } from "./deferred.js";
import { eraseStore } from "./erase.js";
import { EncryptionObject } from "./encryption.js";
import type { Encryption } from "./encryption.js";
import { aborted, AlcoveError } from "./error.js";
import { feed } from "./feed.js";
import type { Healing } from "./feed.js";
import { databaseOf } from "./idb.js";
import { ValueObject } from "./live.js";
import type { LiveValue, Stored } from "./live.js";
import { LockObject } from "./lock.js";
import type { LiveLock } from "./lock.js";
import { lockName } from "./lockwords.js";
import { makeDiagnostics, NotificationsObject } from "./notifications.js";
import type { Diagnostics, Notifications } from "./notifications.js";
import { thisPage } from "./page.js";
import type { Page } from "./page.js";
import { makePeople } from "./people.js";
import type { People } from "./people.js";
import { RoomObject } from "./room.js";
import type { LiveRoom, RoomContext } from "./room.js";
import { makeRooms } from "./rooms.js";
import type { Rooms } from "./rooms.js";
import type { StatusOf } from "./send.js";
import { keepSentinel, sentinelOf } from "./sentinel.js";
import { SessionObject } from "./session.js";
import type { LiveSession } from "./session.js";
import { makeSpaces } from "./spaces.js";
import type { Spaces } from "./spaces.js";
import { StorageObject } from "./storage.js";
import type { LiveStorage } from "./storage.js";
import { alone, Tabs } from "./tabs.js";
import { readWarm } from "./warm.js";
import type { Warm } from "./warm.js";
import { zoneOffsets } from "./zone.js";

/** How to set up a client. All of it may be left out. */
export type ClientOptions = {
  /** Names the database; an app that serves several accounts gives each its own. */
  readonly store?: string | undefined;
  /** The server to sign in to by default: a name, such as `example.org`, or a URL. */
  readonly homeserver?: string | undefined;
  /** Where worker.js is, if not beside the bundle; another origin is fine. */
  readonly workerURL?: string | URL | undefined;
  /** Where alcove.wasm is, if not beside the bundle. */
  readonly wasmURL?: string | URL | undefined;
  /** Gives up the start. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how far the start got. */
  readonly onProgress?: ((progress: BootProgress) => void) | undefined;
};

/** One account in this app. */
export interface Client {
  /** The account, the connection and the core. */
  readonly session: LiveSession;
  /** Settles when the core is up and storage is open; rejects where that fails for good. */
  readonly ready: Promise<void>;
  readonly login: Login;
  /** Signs out and removes all that is stored. `session.unsent` where messages would be lost, unless forced. */
  logout(options?: CallOptions & { readonly force?: boolean }): Promise<void>;
  readonly rooms: Rooms;
  /** One room. Each call makes a live object of its own, to be closed by whoever called. */
  room(id: RoomID): LiveRoom;
  readonly spaces: Spaces;
  readonly people: People;
  /** What the server lets this account do. */
  readonly capabilities: LiveValue<Capabilities>;
  readonly encryption: Encryption;
  readonly notifications: Notifications;
  readonly storage: LiveStorage;
  /** The passphrase that what is stored lies under, if the user wants one. */
  readonly lock: LiveLock;
  /** A user's profile, which the server was asked for at most five minutes ago. */
  profile(user: UserID, options?: CallOptions): Promise<UserProfile>;
  /** Sets a field of the user's own profile, such as displayname; null takes it away. */
  setProfile(field: string, value: Json, options?: CallOptions): Promise<void>;
  /** Tells the server's administrators of a room, an event or a user. */
  report(what: ReportParams, options?: CallOptions): Promise<void>;
  readonly accountData: AccountDataStore;
  readonly diagnostics: Diagnostics;
  /**
   * Any request to the homeserver, with the session's token. The path starts
   * with /_matrix/ and is escaped. The answer comes whatever its status.
   */
  request(method: string, path: string, body?: Json, options?: CallOptions): Promise<ServerResponse>;
  /** Tries again where `session.core` is `failed`. Settles as `ready` did: when the core is up, or failed again. */
  restart(): Promise<void>;
  /**
   * The way out where the store is beyond help: `storage.hung` again and again,
   * `storage.unavailable`, a core that fails. It removes all that is stored of
   * this store in this browser, for all tabs, without a word to the server and
   * also where no core runs; unsent messages are lost. Then nobody is signed
   * in. It may take a while, and fails with `storage.blocked` or `storage.hung`
   * where the browser does not let go of the data; with `storage.unavailable`
   * where its own files are so broken that it cannot even delete them: then the
   * client lives in memory until the user clears the site's data.
   */
  erase(): Promise<void>;
  /** Ends the core and all live objects. What is stored stays. */
  close(): void;
}

/**
 * Starts a client. Resolves as soon as there is something to show: at once
 * where an earlier visit left a snapshot, which is then marked `stale` until
 * the core is up; when it turns out that it takes the passphrase; and else when
 * the core is up. Rejects where it cannot start.
 *
 * Clients of one store share a core, in one tab or several: `session.leader`
 * says which runs it. Another one goes on when that is closed, crashes or does
 * not answer for ten seconds; calls and live objects outlive it. A tab of
 * another version of Alcove that is loaded later takes over, and the older ones
 * end with `call.mismatch`. Pages without Web Locks, such as those of plain
 * HTTP, have a core each: the newest takes the database (`storage.fenced`).
 */
export function createClient(options: ClientOptions = {}): Promise<Client> {
  const progress = options.onProgress ?? (() => {});
  const files = { workerURL: options.workerURL, wasmURL: options.wasmURL };
  const name = databaseOf(storeOf(options));
  const commons = thisSite();
  const lock = new LockObject(name, commons?.channel(lockName(name)));
  const lead = workers(files, name, () => lock.key, progress);
  return startClient(options, commons ? new Tabs({ name, lead, page: thisPage, commons }) : alone(lead), thisPage, lock);
}

function storeOf(options: ClientOptions): string {
  return options.store ?? "default";
}

/** startClient starts a client with cores from anywhere. */
export async function startClient(
  options: ClientOptions,
  cores: Cores,
  page: Page,
  lock = new LockObject(databaseOf(storeOf(options))),
): Promise<Client> {
  const client = new AlcoveClient(options, cores, page, lock);
  try {
    if (options.signal?.aborted) throw aborted(options.signal);
    await client.start(options.signal);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

class AlcoveClient implements Client {
  readonly session: SessionObject;
  readonly encryption: EncryptionObject;
  readonly notifications: NotificationsObject;
  readonly storage: StorageObject;
  readonly lock: LockObject;
  readonly ready: Promise<void>;
  readonly login: Login;
  readonly rooms: Rooms;
  readonly spaces: Spaces;
  readonly people: People;
  readonly capabilities: ValueObject<Capabilities>;
  readonly accountData: AccountDataStore;
  readonly diagnostics: Diagnostics;
  readonly #options: ClientOptions;
  readonly #page: Page;
  readonly #core: Core;
  readonly #calls: Calls;
  readonly #unwatch: () => void;
  #warm: Warm | undefined;
  /** True once nothing but the core can give the page something to show. */
  #cold = false;
  /** Settles when the lock is there to be shown. */
  readonly #barred = deferred<void>();
  /** Which account is shown: the count of those that were. */
  #account = 0;

  constructor(options: ClientOptions, cores: Cores, page: Page, lock: LockObject) {
    this.#options = options;
    this.#page = page;
    this.lock = lock;
    this.#core = this.#makeCore(cores);
    this.#calls = calls(this.#core);
    this.session = new SessionObject((call) => this.#sessions(call));
    const { renewal } = this.session;
    renewal((otherAccount) => otherAccount && this.#account++);
    this.storage = new StorageObject({
      source: feed({ open: (call) => this.#calls.storage(call), renewal, of: "core" }),
      keep: (sentinel) => keepSentinel(this.#database, sentinel),
    });
    this.login = makeLogin(this.#calls, this.session, this.storage);
    this.rooms = makeRooms(this.#calls, this.#healing, () => this.#stored(this.#warm?.rooms));
    this.spaces = makeSpaces(this.#calls, this.#healing);
    this.people = makePeople(this.#calls, this.#healing);
    this.capabilities = new ValueObject<Capabilities>(this.#healing((call) => this.#calls.capabilities(call)));
    this.encryption = new EncryptionObject(this.#calls, this.#healing);
    this.notifications = new NotificationsObject(this.#calls, this.#healing);
    this.accountData = makeAccountData(this.#calls);
    this.diagnostics = makeDiagnostics(this.#calls);
    this.#unwatch = page.watch(() => this.#tellPage());
    this.ready = this.#core.opened().then(() => {});
    this.ready.catch(() => {});
  }

  /** start settles when there is something to show. */
  async start(signal: AbortSignal | undefined): Promise<void> {
    this.#core.start();
    this.lock.guard({ locked: () => this.#locked(), unlocked: () => this.#core.unlock() });
    const warm = await readWarm(this.#store, this.lock.viewKey());
    if (signal?.aborted) throw aborted(signal);
    if (this.#core.state === "locked") return;
    if (warm && this.#core.state !== "running") return this.#show(warm);
    this.#cold = true;
    // It failed while the snapshot was looked for.
    if (this.#core.state === "restarting") throw this.session.error;
    await Promise.race([this.#core.opened(signal), this.#barred.promise]);
  }

  async logout({ signal, force = false }: CallOptions & { force?: boolean } = {}): Promise<void> {
    const signedIn = this.session.getSnapshot().userId !== undefined;
    const kept = sentinelOf(this.#database);
    keepSentinel(this.#database, ""); // before what it stands for, or a logout that is cut off would look like a loss
    try {
      await this.#calls.logout({ force }, { signal });
    } catch (error) {
      // Another tab was faster, or this call was, before its core died without an answer.
      const done = signedIn && error instanceof AlcoveError && error.code === "session.missing";
      if (done) return;
      keepSentinel(this.#database, kept);
      throw error;
    }
  }

  room(id: RoomID): LiveRoom {
    const me = () => this.session.getSnapshot().userId;
    return new RoomObject({ calls: this.#calls, healing: this.#healing, statusOf: this.#statusOf, me, stored: this.#storedTimeline }, id);
  }

  profile(userId: UserID, options?: CallOptions): Promise<UserProfile> {
    return this.#calls.profile({ userId }, options);
  }

  setProfile(field: string, value: Json, options?: CallOptions): Promise<void> {
    return this.#calls.setProfile({ field, value }, options);
  }

  report(what: ReportParams, options?: CallOptions): Promise<void> {
    return this.#calls.report(what, options);
  }

  request(method: string, path: string, body?: Json, options?: CallOptions): Promise<ServerResponse> {
    return this.#calls.request({ method, path, body }, options);
  }

  restart(): Promise<void> {
    return this.#core.restart();
  }

  async erase(): Promise<void> {
    await this.#core.without(async () => {
      await eraseStore(this.#store);
      await this.lock.look(); // with the keys went the passphrase
    });
  }

  close(): void {
    this.#unwatch();
    this.lock.close();
    this.#core.close();
    this.capabilities.close();
    this.encryption.close();
    this.notifications.close();
    this.storage.close();
  }

  get #database(): string {
    return databaseOf(this.#store);
  }

  get #store(): string {
    return storeOf(this.#options);
  }

  readonly #healing: Healing = (open, arrival) => feed({ open, arrival, renewal: this.session.renewal, of: "account" });

  readonly #statusOf: StatusOf = (txnId) =>
    feed({
      open: (call) => this.#calls.sendStatus({ txnId }, call),
      renewal: this.session.renewal,
      of: "account",
      ends: true,
    });

  #show(warm: Warm): void {
    this.#warm = warm;
    this.session.stored(warm.session);
  }

  /** stored is a part of the snapshot, to be shown until another account is there. */
  #stored<T>(value: T | undefined): Stored<T> | undefined {
    const account = this.#account;
    return value && { value, holds: () => this.#account === account };
  }

  readonly #storedTimeline: RoomContext["stored"] = (id) => {
    const last = this.#warm?.timeline;
    return this.#stored(last?.roomId === id ? last.items : undefined);
  };

  #locked(): void {
    this.#warm = undefined;
    this.#cold = false;
    this.#core.lock();
    this.#barred.resolve();
  }

  #makeCore(cores: Cores): Core {
    return new Core({
      cores,
      once: ONCE,
      visible: () => this.#page.state().visible,
      openParams: () => ({
        store: this.#store,
        homeserver: this.#options.homeserver,
        timeZone: zoneOffsets(Date.now()),
        sentinel: sentinelOf(this.#database),
      }),
      leads: (leads) => this.session.leads(leads),
      opened: (session) => this.#opened(session),
      changed: (state, error) => {
        this.session.changed(state, error);
        this.storage.failed(error);
      },
      barred: () => this.lock.wait(),
      mayRestart: (error) => this.#mayRestart(error),
    });
  }

  /** Where tabs share a core, the one that took the database is followed, and no matter for the app. */
  async *#sessions(call: CallOptions): AsyncGenerator<Session, void> {
    for await (const session of this.#calls.session(call)) {
      const fenced = session.error?.code === "storage.fenced" && this.#core.fenced();
      if (!fenced) yield session;
    }
  }

  #opened(session: Session): void {
    this.#warm = undefined;
    this.session.opened(session);
    this.#tellPage();
    const stage = session.state === "restoring" ? "restore" : "done";
    this.#options.onProgress?.({ stage });
  }

  /**
   * A first core that fails is reported to whoever waits for createClient. One
   * whose database another tab took over stays down: two would fight for it.
   */
  #mayRestart(error: AlcoveError): boolean {
    const fenced = this.session.getSnapshot().error?.code === "storage.fenced";
    const first = this.#cold && this.#core.state === "starting";
    return error.recoverable && error.code !== "storage.fenced" && !fenced && !first;
  }

  #tellPage(): void {
    if (this.#core.state === "running") this.#calls.setPage(this.#page.state()).catch(() => {});
  }
}
