// Encryption without any, set up by the page's address:
//
//   ?encryption=unknown|none|unverified|conflict|off &password &recovery=no
//   &passphrase &changed &unsaved=12
//
// The account's password and the passphrase of files and recovery are "secret".
import type {
  Device, Encryption, EncryptionStatus, KeyOptions, KeyProgress, SetUpOptions,
} from "alcove";
import { Box, ListBox } from "./box.js";
import { now, person } from "./generate.js";
import { AlcoveError, number, query, wait } from "./setup.js";

const key = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d";
const fingerprint = "fU4vZq0rPpLyXyTgE5kmtB1vR8Vqv3n9o0HcQ2bSxWk";

function firstStatus(): EncryptionStatus {
  const wanted = query.get("encryption") ?? "verified";
  const identity = wanted === "none" || wanted === "unverified" || wanted === "unknown" ? wanted : "verified";
  const ready = identity === "verified";
  return {
    available: wanted !== "off" && !query.has("inMemory"),
    identity,
    recovery: identity !== "none" && query.get("recovery") !== "no",
    ...(query.has("passphrase") && { passphrase: true }),
    backup: ready ? "on" : identity === "none" ? "none" : "untrusted",
    ...(query.has("unsaved") && { unsaved: number("unsaved", 12) }),
    fingerprint,
    ...(wanted === "conflict" && { conflict: true }),
    ...(query.has("changed") && { changed: [{ userId: person(7).id, verified: true }] }),
  };
}

const own = (): Device[] => [
  { key: "FAKEDEVICE", id: "FAKEDEVICE", name: "Alcove on Chromium", trust: query.get("encryption") ? "unsigned" : "verified", this: true, fingerprint },
  { key: "KITCHEN", id: "KITCHEN", name: "Kitchen tablet", trust: "verified", lastSeen: now - 3_600_000, lastIp: "2001:db8::7", fingerprint: fingerprint.split("").reverse().join("") },
  { key: "OLDPHONE", id: "OLDPHONE", name: "Old phone", trust: "unsigned", lastSeen: now - 40 * 86_400_000, fingerprint },
  { key: "SCRIPT", id: "SCRIPT", trust: "noKeys", lastSeen: now - 400 * 86_400_000 },
];

const theirs = (): Device[] => [
  { key: "PHONE", id: "PHONE", trust: "signed", fingerprint },
  { key: "LAPTOP", id: "LAPTOP", trust: "unsigned", fingerprint },
  { key: "LOST", id: "LOST", trust: "blocked", fingerprint },
];

/** A password is asked for once where the address says so. */
function prove(password: string | undefined): void {
  if (query.has("password") && password !== "secret") throw new AlcoveError("encryption.password");
}

export class FakeEncryption extends Box<EncryptionStatus | undefined, EncryptionStatus> implements Encryption {
  #own = own();
  #theirs = theirs();
  readonly #lists = new Map<ListBox<Device>, string | undefined>();

  constructor() {
    super(firstStatus());
  }

  change(change: Partial<EncryptionStatus>): void {
    this.put({ ...(this.getSnapshot() ?? firstStatus()), ...change });
  }

  async setUp({ password }: SetUpOptions = {}): Promise<{ key: string }> {
    await wait();
    prove(password);
    this.#trusted();
    return { key };
  }

  readonly reset = (options?: SetUpOptions) => this.setUp(options);

  async recover(secret: string): Promise<void> {
    await wait();
    if (secret !== "secret") throw new AlcoveError("encryption.secret");
    this.#trusted();
  }

  #trusted(): void {
    this.change({ identity: "verified", recovery: true, backup: "on" });
    this.#set("FAKEDEVICE", { trust: "verified" });
  }

  async restoreKeys({ signal, onProgress }: KeyOptions = {}): Promise<KeyProgress> {
    for (let done = 0; done < 1_000; done += 100) {
      await wait();
      if (signal?.aborted) throw new AlcoveError("call.aborted");
      onProgress?.({ done, total: 1_000, better: 0 });
    }
    return { done: 1_000, total: 1_000, better: 812, bad: 1 };
  }

  async exportKeys(): Promise<{ text: string; keys: number }> {
    await wait();
    return { text: "-----BEGIN MEGOLM SESSION DATA-----\n", keys: 1_482 };
  }

  async importKeys(_: string, passphrase: string): Promise<KeyProgress> {
    await wait();
    if (passphrase !== "secret") throw new AlcoveError("keyFile.invalid");
    return { done: 20, total: 20, better: 20 };
  }

  devices(user?: string): ListBox<Device> {
    const list = new ListBox<Device>(user ? this.#theirs : this.#own);
    this.#lists.set(list, user);
    return list;
  }

  #set(id: string, change: Partial<Device> | undefined): void {
    const changed = (devices: Device[]) => devices.flatMap((one) => (one.id !== id ? [one] : change ? [{ ...one, ...change }] : []));
    this.#own = changed(this.#own);
    this.#theirs = changed(this.#theirs);
    for (const [list, user] of this.#lists) list.put(user ? this.#theirs : this.#own);
  }

  async setBlocked(_: string, id: string, blocked: boolean): Promise<void> {
    await wait();
    this.#set(id, { trust: blocked ? "blocked" : "unsigned" });
  }

  async rename(id: string, name: string): Promise<void> {
    await wait();
    this.#set(id, { name });
  }

  async signOut(ids: readonly string[], { password }: { password?: string | undefined } = {}): Promise<void> {
    await wait();
    prove(password);
    for (const id of ids) this.#set(id, undefined);
  }

  async acceptIdentity(user: string): Promise<void> {
    await wait();
    this.change({ changed: this.getSnapshot()?.changed?.filter(({ userId }) => userId !== user) ?? [] });
  }
}
