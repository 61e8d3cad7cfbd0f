// A device of matrix-sdk-crypto, which Element is built on. A line in is a command, a line out its answer, or a
// request to the server, which the next line in answers.
import { createInterface } from "node:readline";
import * as sdk from "@matrix-org/matrix-sdk-crypto-wasm";

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await input.next()).value ?? process.exit(0));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

await sdk.initAsync();
const methods = [sdk.VerificationMethod.SasV1, sdk.VerificationMethod.QrCodeShowV1, sdk.VerificationMethod.QrCodeScanV1, sdk.VerificationMethod.ReciprocateV1];
let machine, user, request, qr;

/** Asks the server, and tells the machine what it said. */
async function send(outgoing) {
  if (!outgoing) return;
  const kind = outgoing.type === undefined ? "SigningKeys" : sdk.RequestType[outgoing.type];
  say({ request: kind, type: outgoing.event_type, room: outgoing.room_id, body: JSON.parse(outgoing.body) });
  const answer = await hear();
  if (outgoing.id) await machine.markRequestAsSent(outgoing.id, outgoing.type, JSON.stringify(answer));
  return answer;
}

/** Sends what there is, and what comes of it; not for ever, if it never has enough. */
async function sendAll() {
  for (let rounds = 0; rounds < 5; rounds++) for (const one of await machine.outgoingRequests()) await send(one);
}

const commands = {
  async begin({ me, device, other }) {
    [user, request, qr] = [other];
    machine = await sdk.OlmMachine.initialize(new sdk.UserId(me), new sdk.DeviceId(device));
    await machine.updateTrackedUsers([new sdk.UserId(me), new sdk.UserId(other)]);
  },
  async bootstrap() {
    const { uploadKeysRequest, uploadSigningKeysRequest, uploadSignaturesRequest } = await machine.bootstrapCrossSigning(true);
    await send(uploadKeysRequest);
    await send(uploadSigningKeysRequest);
    await send(uploadSignaturesRequest);
  },
  learn: async () => send(machine.queryKeysForUsers([new sdk.UserId(user)])),
  async hear({ events }) {
    await machine.receiveSyncChanges(JSON.stringify(events), new sdk.DeviceLists(), new Map());
  },
  async hearRoom({ event }) {
    await machine.receiveVerificationEvent(JSON.stringify(event), new sdk.RoomId(event.room_id));
  },
  async ask({ room }) {
    const identity = await machine.getIdentity(new sdk.UserId(user));
    if (!room) {
      const [made, outgoing] = await identity.requestVerification(methods);
      request = made;
      return void (await send(outgoing));
    }
    const body = identity.verificationRequestContent(methods);
    const { event_id: id } = await send({ type: sdk.RequestType.RoomMessage, room_id: room, event_type: "m.room.message", body });
    request = identity.requestVerification(new sdk.RoomId(room), new sdk.EventId(id), methods);
  },
  async accept() {
    const asked = sdk.VerificationRequestPhase.Requested;
    request = machine.getVerificationRequests(new sdk.UserId(user)).find((one) => one.phase() === asked);
    await send(request.acceptWithMethods(methods));
  },
  async startSAS() {
    const [, outgoing] = await request.startSas();
    await send(outgoing);
  },
  /** Takes part in the comparing that the other side started. */
  acceptSAS: async () => send(request.getVerification().accept()),
  async confirmSAS() {
    for (const outgoing of await request.getVerification().confirm()) await send(outgoing);
  },
  async show() {
    qr = await request.generateQrCode();
    return Buffer.from(qr.toBytes()).toString("base64");
  },
  async scan({ code }) {
    qr = await request.scanQrCode(sdk.QrCodeScan.fromBytes(new Uint8ClampedArray(Buffer.from(code, "base64"))));
    await send(qr.reciprocate());
  },
  confirmScanned: async () => send(qr.confirmScanning()),
  cancel: async () => send(request.cancel()),
  async state() {
    const sas = request?.getVerification();
    const identity = await machine.getIdentity(new sdk.UserId(user));
    return {
      phase: sdk.VerificationRequestPhase[request?.phase() ?? 0],
      code: request?.cancelInfo?.cancelCode() ?? "",
      emoji: [...(sas?.emojiIndex?.() ?? [])],
      decimals: [...(sas?.decimals?.() ?? [])],
      scanned: qr?.hasBeenScanned() ?? false,
      trusts: identity?.isVerified() ?? false,
    };
  },
};

for (;;) {
  const { do: name, ...args } = await hear();
  try {
    const is = await commands[name](args);
    await sendAll();
    say({ is: is ?? null });
  } catch (error) {
    say({ error: String(error?.stack ?? error) });
  }
}
