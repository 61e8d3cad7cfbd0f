// The Rust crypto of matrix-js-sdk, on the page's thread and called as it is there:
// see its RustCrypto and RoomEncryptor.
import {
  CollectStrategy, DecryptionSettings, DeviceId, DeviceLists, EncryptionSettings, initAsync, KeysClaimRequest, KeysQueryRequest, KeysUploadRequest,
  OlmMachine, RoomId, StoreHandle, ToDeviceRequest, TrustRequirement, UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import { device, run, user } from "./crypto.js";

let machine;

const kinds = [[KeysUploadRequest, "upload"], [KeysQueryRequest, "query"], [KeysClaimRequest, "claim"], [ToDeviceRequest, "send"]];
const kindOf = (one) => kinds.find(([type]) => one instanceof type)?.[1];
const ids = (users) => users.map((id) => new UserId(id));

/** settle brings a request to the server. */
const settle = (one, answer) =>
  machine.markRequestAsSent(one.id, one.type, JSON.stringify(answer(kindOf(one), JSON.parse(one.body))));

async function carry(answer) {
  for (let all; (all = await machine.outgoingRequests()).length > 0; ) for (const one of all) await settle(one, answer);
}

run({
  async open() {
    await initAsync();
    const store = await StoreHandle.openWithKey("bench", crypto.getRandomValues(new Uint8Array(32)));
    machine = await OlmMachine.initFromStore(new UserId(user), new DeviceId(device), store);
    store.free();
    machine.roomKeyRequestsEnabled = false;
  },
  carry,
  receive: (events, count) =>
    machine.receiveSyncChanges(JSON.stringify(events), new DeviceLists(), new Map([["signed_curve25519", count]]), new Set(["signed_curve25519"])),
  async upload() {
    const upload = (await machine.outgoingRequests()).find((one) => one instanceof KeysUploadRequest);
    return { body: JSON.parse(upload.body), done: (answer) => settle(upload, () => answer) };
  },
  async know(users, answer) {
    await machine.updateTrackedUsers(ids(users));
    await carry(answer);
  },
  async share(room, members, messages, answer) {
    await machine.updateTrackedUsers(ids(members));
    const claim = await machine.getMissingSessions(ids(members));
    if (claim) await settle(claim, answer);
    const settings = new EncryptionSettings();
    settings.rotationPeriodMessages = BigInt(messages);
    settings.sharingStrategy = CollectStrategy.deviceBasedStrategy(false, false);
    for (const one of await machine.shareRoomKey(new RoomId(room), ids(members), settings)) await settle(one, answer);
  },
  encrypt: (room, type, content) => machine.encryptRoomEvent(new RoomId(room), type, content),
  /** It decrypts one by one; a client that has several asks for them side by side. */
  decrypt: (room, events) =>
    Promise.all(events.map(async (event) => {
      const settings = new DecryptionSettings(TrustRequirement.Untrusted);
      return JSON.parse((await machine.decryptRoomEvent(event, new RoomId(room), settings)).event);
    })),
  async import({ keys }) {
    return (await machine.importExportedRoomKeys(keys, () => {})).importedCount;
  },
});
