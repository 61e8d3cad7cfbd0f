import "fake-indexeddb/auto"; // Node has no database, and each device keeps one
import { ClientEvent, createClient, IndexedDBStore, Method, PendingEventOrdering, SyncState } from "matrix-js-sdk";
import type { MatrixClient } from "matrix-js-sdk";
import type { CryptoApi, VerificationRequest } from "matrix-js-sdk/lib/crypto-api/index.js";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api/index.js";
import { Gate } from "./gate.js";
import { until } from "./lines.js";
import { silent } from "./silent.js";

type Account = { readonly homeserver: string; readonly user: string; readonly password: string };
type Request = { readonly method: Method; readonly path: string; readonly body?: object | null };

let stores = 0;

/** Session is one device that is signed in. */
export class Session {
  #client: MatrixClient | undefined;
  #account: { baseUrl: string; userId: string; deviceId: string; accessToken: string } | undefined;
  readonly #store = `interop-${stores++}`;
  /** The key of secret storage, while a command may use it. */
  secret: Uint8Array<ArrayBuffer> | undefined;
  readonly requests: VerificationRequest[] = [];
  readonly #gate = new Gate();

  get client(): MatrixClient {
    if (!this.#client) throw new Error("not signed in");
    return this.#client;
  }

  get crypto(): CryptoApi {
    const crypto = this.client.getCrypto();
    if (!crypto) throw new Error("no crypto");
    return crypto;
  }

  get me(): string {
    return this.client.getSafeUserId();
  }

  get device(): string {
    return this.client.getDeviceId() ?? "";
  }

  readonly commands = {
    login: (as: Account) => this.#login(as),
    request: ({ method, path, body }: Request) => this.request(method, path, body ?? undefined),
    offline: async () => void (this.#gate.open = false),
    online: async () => void (this.#gate.open = true),
    stop: () => this.#stop(),
    start: () => this.#start(),
    logout: async () => {
      await this.client.logout(true);
    },
  };

  async #login({ homeserver: baseUrl, user, password }: Account): Promise<string> {
    const guest = createClient({ baseUrl, logger: silent });
    const { user_id: userId, device_id: deviceId, access_token: accessToken } = await guest.loginRequest({
      type: "m.login.password",
      identifier: { type: "m.id.user", user },
      password,
    });
    this.#account = { baseUrl, userId, deviceId, accessToken };
    await this.#start();
    await until(() => this.#uploaded().catch(() => false)); // the network may be bad
    return deviceId;
  }

  /** Begins with what was stored, as a page that is loaded. */
  async #start(): Promise<void> {
    const getSecretStorageKey = async ({ keys }: { keys: object }) => {
      const id = Object.keys(keys)[0];
      return id && this.secret ? ([id, this.secret] as [string, Uint8Array<ArrayBuffer>]) : null;
    };
    const cryptoCallbacks = { getSecretStorageKey };
    const store = new IndexedDBStore({ indexedDB, dbName: this.#store });
    const client = createClient({ ...(this.#account ?? { baseUrl: "" }), store, logger: silent, cryptoCallbacks, fetchFn: this.#gate.fetch });
    this.#client = client;
    await store.startup();
    await client.initRustCrypto({ cryptoDatabasePrefix: this.#store });
    client.on(CryptoEvent.VerificationRequestReceived, (request) => void this.requests.push(request));
    const synced = new Promise<void>((resolve) => {
      client.on(ClientEvent.Sync, (state) => state === SyncState.Syncing && resolve());
    });
    await client.startClient({ initialSyncLimit: 100, threadSupport: true, pendingEventOrdering: PendingEventOrdering.Detached });
    await synced;
  }

  /** What a page that is closed does. It stores what syncs brought every few minutes only: here it had time to. */
  async #stop(): Promise<void> {
    await this.client.store.save(true);
    this.client.stopClient();
    await this.client.store.destroy();
    this.#client = undefined;
  }

  async #uploaded(): Promise<boolean> {
    type Counts = { one_time_key_counts: Record<string, number> };
    const { one_time_key_counts: counts } = await this.request<Counts>(Method.Post, "/_matrix/client/v3/keys/upload", {});
    return (counts["signed_curve25519"] ?? 0) > 0;
  }

  request<T>(method: Method, path: string, body?: object): Promise<T> {
    const url = new URL(path, this.client.baseUrl);
    return this.client.http.authedRequest<T>(method, url.pathname, Object.fromEntries(url.searchParams), body, { prefix: "" });
  }

  async close(): Promise<void> {
    this.#client?.stopClient();
  }
}
