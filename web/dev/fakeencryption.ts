// Encryption without any, set up by the page's address:
//
//   ?encryption=unknown|none|unverified|conflict|off &password &recovery=no
//   &passphrase &changed &unsaved=12 &backup=keyless
//
// The account's password and the passphrase of files and recovery are "secret".
import type {
  Device, Encryption, EncryptionStatus, KeyOptions, KeyProgress, LiveVerification, SetUpOptions, Verification, VerificationPhase,
  VerificationSnapshot, VerifyOptions,
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
    ...(ready && query.get("backup") !== "keyless" && { restorable: true }),
    ...(query.has("unsaved") && { unsaved: number("unsaved", 12) }),
    fingerprint,
    ...(wanted === "conflict" && { conflict: true }),
    ...(query.has("changed") && { changed: [{ userId: person(7).id, verified: true }] }),
  };
}

const own = (): Device[] => [
  { key: "FAKEDEVICE", id: "FAKEDEVICE", name: "Alcove on Chromium", trust: query.get("encryption") ? "unsigned" : "verified", this: true, fingerprint },
  { key: "KITCHEN", id: "KITCHEN", name: "Kitchen tablet", trust: query.get("encryption") ? "signed" : "verified", lastSeen: now - 3_600_000, lastIp: "2001:db8::7", fingerprint: fingerprint.split("").reverse().join("") },
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
  readonly #requests = new ListBox<Verification>([]);
  readonly #open = new Map<string, FakeVerification>();
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
    this.change({ identity: "verified", recovery: true, backup: "on", restorable: true });
    this.#set("FAKEDEVICE", { trust: "verified" });
  }

  async restoreKeys({ signal, onProgress }: KeyOptions = {}): Promise<KeyProgress> {
    if (!this.getSnapshot()?.restorable) {
      onProgress?.({ done: 0, total: 0, better: 0, waiting: true });
      for (let n = 0; n < 10; n++) {
        await wait();
        if (signal?.aborted) throw new AlcoveError("call.aborted");
      }
      throw new AlcoveError("encryption.missing");
    }
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

  readonly verifications = () => new Shared(this.#requests);

  verification(id: string): LiveVerification {
    return this.#open.get(id) ?? this.#begin(id, { phase: "asking", own: true, deviceId: "KITCHEN", incoming: true });
  }

  async verify({ user, device }: VerifyOptions = {}): Promise<LiveVerification> {
    await wait();
    const live = this.#begin(`v${this.#open.size}`, { phase: "asked", own: !user, ...(user && { userId: user }), ...(device && { deviceId: device }) });
    if (query.get("peer") !== "waits") void live.accept();
    return live;
  }

  /** Lets somebody ask. */
  ask(user?: string): void {
    const id = `v${this.#open.size}`;
    this.#begin(id, { phase: "asking", incoming: true, own: !user, ...(user ? { userId: user } : { deviceId: "KITCHEN" }) });
  }

  /** Changes the verification that began last. */
  verified(change: Partial<VerificationSnapshot>): void {
    [...this.#open.values()].at(-1)?.change(change);
  }

  #begin(id: string, rest: Partial<VerificationSnapshot> & { phase: VerificationPhase }): FakeVerification {
    const live = new FakeVerification({ id, userId: "@ada:example.org", ...rest }, (own) => own && this.#trusted());
    this.#open.set(id, live);
    const show = () => this.#requests.put([...this.#open.values()].map((one) => {
      const { emoji: _, qr: __, ...now } = one.getSnapshot();
      return { key: now.id, ...now };
    }));
    live.subscribe(show);
    show();
    return live;
  }
}

/** A list that stays open for the next who looks. */
class Shared extends ListBox<Verification> {
  constructor(list: ListBox<Verification>) {
    super(list.getSnapshot());
    list.subscribe(() => this.put(list.getSnapshot()));
  }
}

const pictures = [["🐢", "Turtle"], ["🎩", "Hat"], ["🌳", "Tree"], ["☎️", "Telephone"], ["🍕", "Pizza"], ["👍", "Thumbs Up"], ["⚓", "Anchor"]] as const;
const qr = Uint8Array.from({ length: 118 }, (_, n) => (n < 6 ? "MATRIX".charCodeAt(n) : (n * 151) % 256));

class FakeVerification extends Box<VerificationSnapshot, VerificationSnapshot> implements LiveVerification {
  readonly id: string;
  readonly #done: (own: boolean) => void;

  constructor(snapshot: VerificationSnapshot, done: (own: boolean) => void) {
    super(snapshot);
    this.id = snapshot.id;
    this.#done = done;
  }

  change(change: Partial<VerificationSnapshot>): void {
    const { qr: _, emoji: __, decimals: ___, canEmoji: ____, canScan: _____, ...rest } = this.getSnapshot();
    this.put({ ...rest, ...change });
  }

  accept = async () => {
    await wait();
    this.change({ phase: "ready", canEmoji: true, canScan: true, qr });
  };

  emoji = async () => {
    this.change({ phase: "waiting" });
    await wait();
    const emoji = pictures.map(([emoji, name], at) => ({ number: at, emoji, name }));
    this.change({ phase: "compare", decimals: [4821, 1093, 7750], ...(query.get("pictures") !== "no" && { emoji }) });
  };

  scan = () => this.match();

  match = async () => {
    this.change({ phase: "waiting" });
    await wait();
    this.change({ phase: "done" });
    this.#done(this.getSnapshot().own ?? false);
  };

  mismatch = async () => this.change({ phase: "cancelled", reason: "m.mismatched_sas", byUs: true });
  cancel = async () => this.change({ phase: "cancelled", reason: "m.user", byUs: true });

  /** It goes on when the dialog has closed. */
  override close(): void {}
}
