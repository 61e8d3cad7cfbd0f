import type {
  CallOptions,
  Calls,
  Device,
  DeviceID,
  EncryptionStatus,
  KeyFile,
  KeyProgress,
  ListUpdate,
  Recovery,
  SetUpEncryptionParams,
  StartVerificationParams,
  UserID,
  Verification,
} from "./api.js";
import type { Healing } from "./feed.js";
import { ListObject, ValueObject } from "./live.js";
import type { LiveList, LiveValue } from "./live.js";
import { toEnd } from "./toend.js";
import { VerificationObject } from "./verification.js";
import type { LiveVerification } from "./verification.js";

/** What goes with setting up. */
export type SetUpOptions = CallOptions & SetUpEncryptionParams;

/** Hears how far it is. */
export type KeyOptions = CallOptions & { readonly onProgress?: ((progress: KeyProgress) => void) | undefined };

/** Whom to verify: the user's own devices where no user is named, all of them where no device is. */
export type VerifyOptions = CallOptions & {
  readonly user?: UserID | undefined;
  readonly device?: DeviceID | undefined;
  /** The page can scan a QR code. */
  readonly scanner?: boolean | undefined;
};

/**
 * End-to-end encryption: where it stands on this device, as a live value, and
 * what sets it up and says whom to believe. It runs as long as the client does.
 */
export interface Encryption extends LiveValue<EncryptionStatus> {
  /**
   * Makes what the account lacks of an identity, a recovery and a backup, and
   * returns the recovery key for the user to keep. `encryption.password` where
   * the server asks for the account's password; `encryption.exists` where there
   * is an identity that this device does not belong to: recover, verify or reset.
   */
  setUp(options?: SetUpOptions): Promise<Recovery>;
  /** Makes this device one of the account's by the recovery key or the passphrase. `encryption.secret` where it is neither. */
  recover(secret: string, options?: CallOptions): Promise<void>;
  /**
   * The last resort where all that could recover is lost: a new identity,
   * recovery and backup. Others have to verify the user again, and what only the
   * old backup can decrypt is gone.
   */
  reset(options?: SetUpOptions): Promise<Recovery>;
  /**
   * Brings all keys of the backup here. Aborting keeps what came. Messages on
   * display need no such call. Where the backup's key is not here yet
   * (`restorable`), other devices have half a minute to bring it before it ends
   * with `encryption.missing`.
   */
  restoreKeys(options?: KeyOptions): Promise<KeyProgress>;
  /** All keys of messages as a file that a passphrase opens. */
  exportKeys(passphrase: string, options?: CallOptions): Promise<KeyFile>;
  /** Takes in such a file, of this or another client. `keyFile.invalid` where it is none, or the passphrase is wrong. */
  importKeys(text: string, passphrase: string, options?: KeyOptions): Promise<KeyProgress>;

  /** A user's devices, or one's own. */
  devices(user?: UserID): LiveList<Device>;
  /** Says that a device is to get no keys, or may again. */
  setBlocked(user: UserID, device: DeviceID, blocked: boolean, options?: CallOptions): Promise<void>;
  /** Gives one of the user's own devices another name. */
  rename(device: DeviceID, name: string, options?: CallOptions): Promise<void>;
  /** Ends other sessions of the user. `encryption.password` where the server asks for the account's password. */
  signOut(devices: readonly DeviceID[], options?: CallOptions & { readonly password?: string | undefined }): Promise<void>;
  /** Acknowledges that a user has another identity than before; until then nothing is sent to them. */
  acceptIdentity(user: UserID, options?: CallOptions): Promise<void>;

  /** The verifications under way and those that ended in this run, the newest last. */
  verifications(): LiveList<Verification>;
  /** One of them, as a live value of its own, to be closed by whoever called. */
  verification(id: string): LiveVerification;
  /** Asks another device or user to verify. */
  verify(options?: VerifyOptions): Promise<LiveVerification>;
}

export class EncryptionObject extends ValueObject<EncryptionStatus> implements Encryption {
  readonly #calls: Calls;
  readonly #healing: Healing;

  constructor(calls: Calls, healing: Healing) {
    super(healing((call) => calls.encryption(call)));
    this.#calls = calls;
    this.#healing = healing;
  }

  setUp({ signal, ...params }: SetUpOptions = {}): Promise<Recovery> {
    return this.#calls.setUpEncryption(params, { signal });
  }

  recover(secret: string, options?: CallOptions): Promise<void> {
    return this.#calls.recoverEncryption({ secret }, options);
  }

  reset({ signal, ...params }: SetUpOptions = {}): Promise<Recovery> {
    return this.#calls.resetEncryption(params, { signal });
  }

  restoreKeys(options?: KeyOptions): Promise<KeyProgress> {
    return toEnd((call) => this.#calls.restoreKeys(call), { done: 0, total: 0, better: 0 }, options);
  }

  exportKeys(passphrase: string, options?: CallOptions): Promise<KeyFile> {
    return this.#calls.exportKeys({ passphrase }, options);
  }

  importKeys(text: string, passphrase: string, options?: KeyOptions): Promise<KeyProgress> {
    return toEnd((call) => this.#calls.importKeys({ text, passphrase }, call), { done: 0, total: 0, better: 0 }, options);
  }

  devices(userId?: UserID): LiveList<Device> {
    return new ListObject(this.#healing<ListUpdate<Device>>((call) => this.#calls.devices({ userId }, call)));
  }

  setBlocked(userId: UserID, deviceId: DeviceID, blocked: boolean, options?: CallOptions): Promise<void> {
    return this.#calls.setDeviceBlocked({ userId, deviceId, blocked }, options);
  }

  rename(deviceId: DeviceID, name: string, options?: CallOptions): Promise<void> {
    return this.#calls.renameDevice({ deviceId, name }, options);
  }

  signOut(deviceIds: readonly DeviceID[], { signal, password }: CallOptions & { password?: string | undefined } = {}): Promise<void> {
    return this.#calls.signOutDevices({ deviceIds, password }, { signal });
  }

  acceptIdentity(userId: UserID, options?: CallOptions): Promise<void> {
    return this.#calls.acceptIdentity({ userId }, options);
  }

  verifications(): LiveList<Verification> {
    return new ListObject(this.#healing<ListUpdate<Verification>>((call) => this.#calls.verifications(call)));
  }

  verification(id: string): LiveVerification {
    return new VerificationObject(this.#calls, this.#healing, id);
  }

  async verify({ signal, user, device, scanner }: VerifyOptions = {}): Promise<LiveVerification> {
    const params: StartVerificationParams = { userId: user, deviceId: device, scanner };
    const { id } = await this.#calls.startVerification(params, { signal });
    return this.verification(id);
  }
}
