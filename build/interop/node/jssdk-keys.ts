import { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { Method } from "matrix-js-sdk";
import { decodeRecoveryKey, deriveRecoveryKeyFromPassphrase } from "matrix-js-sdk/lib/crypto-api/index.js";
import type { Session } from "./jssdk-session.js";
import { until } from "./lines.js";

type Recovery = { readonly key?: string; readonly passphrase?: string };

/** Of a key file; few, since a test is no secret. */
const rounds = 10_000;

/** keyCommands are about a user's identity and room keys. */
export function keyCommands(session: Session) {
  return {
    setUp: (args: { password: string; passphrase: string }) => setUp(session, args),
    recover: (by: Recovery) => recover(session, by),
    backUp: async () => {
      const keys = (await session.crypto.exportRoomKeys()).length;
      await until(async () => (await stored(session)) >= keys);
    },
    restore: async () => {
      await until(() => session.crypto.getSessionBackupPrivateKey()); // another device may send it
      return (await session.crypto.restoreKeyBackup()).imported;
    },
    export: async ({ passphrase }: { passphrase: string }) =>
      OlmMachine.encryptExportedRoomKeys(await session.crypto.exportRoomKeysAsJson(), passphrase, rounds),
    import: async ({ file, passphrase }: { file: string; passphrase: string }) => {
      const before = (await session.crypto.exportRoomKeys()).length;
      await session.crypto.importRoomKeysAsJson(OlmMachine.decryptExportedRoomKeys(file, passphrase));
      return (await session.crypto.exportRoomKeys()).length - before;
    },
  };
}

/** stored is how many keys the backup has. */
async function stored(session: Session): Promise<number> {
  return (await session.request<{ count: number }>(Method.Get, "/_matrix/client/v3/room_keys/version")).count;
}

async function setUp(session: Session, { password, passphrase }: { password: string; passphrase: string }): Promise<Recovery> {
  const identifier = { type: "m.id.user", user: session.me };
  await session.crypto.bootstrapCrossSigning({
    authUploadDeviceSigningKeys: async (upload) => {
      await upload(null).catch(() => upload({ type: "m.login.password", identifier, password }));
    },
  });
  const key = await session.crypto.createRecoveryKeyFromPassphrase(passphrase);
  session.secret = key.privateKey;
  await session.crypto.bootstrapSecretStorage({
    createSecretStorageKey: async () => key,
    setupNewSecretStorage: true,
    setupNewKeyBackup: true,
  });
  session.secret = undefined;
  return { key: key.encodedPrivateKey ?? "", passphrase };
}

async function recover(session: Session, by: Recovery): Promise<void> {
  session.secret = await secretOf(session, by);
  try {
    // Otherwise it does not know yet that the keys which it takes are the user's.
    await session.crypto.userHasCrossSigningKeys(session.me, true);
    await session.crypto.bootstrapCrossSigning({});
    await session.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    await session.crypto.checkKeyBackupAndEnable();
  } finally {
    session.secret = undefined;
  }
}

async function secretOf(session: Session, { key, passphrase }: Recovery): Promise<Uint8Array<ArrayBuffer>> {
  if (key) return decodeRecoveryKey(key);
  const [, info] = (await session.client.secretStorage.getKey()) ?? [];
  if (!info?.passphrase || !passphrase) throw new Error("no passphrase");
  return deriveRecoveryKeyFromPassphrase(passphrase, info.passphrase.salt, info.passphrase.iterations, info.passphrase.bits);
}
