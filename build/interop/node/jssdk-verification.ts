import { VerificationPhase, VerificationRequestEvent } from "matrix-js-sdk/lib/crypto-api/index.js";
import type { ShowQrCodeCallbacks, ShowSasCallbacks, VerificationRequest, Verifier } from "matrix-js-sdk/lib/crypto-api/index.js";
import type { Session } from "./jssdk-session.js";
import { until } from "./lines.js";

/** Flow is one verification and what it shows. */
class Flow {
  readonly request: VerificationRequest;
  #verifier: Verifier | undefined;

  constructor(request: VerificationRequest) {
    this.request = request;
    request.on(VerificationRequestEvent.Change, () => this.#follow());
    this.#follow();
  }

  /** Takes part in what the other side started. */
  #follow(): void {
    if (this.request.phase === VerificationPhase.Started && this.request.verifier) this.begin(this.request.verifier);
  }

  begin(verifier: Verifier): void {
    if (this.#verifier === verifier) return;
    this.#verifier = verifier;
    verifier.verify().catch(() => {}); // the request tells how it ended
  }

  get sas(): ShowSasCallbacks | null | undefined {
    return this.#verifier?.getShowSasCallbacks();
  }

  get scanned(): ShowQrCodeCallbacks | null | undefined {
    return this.#verifier?.getReciprocateQrCodeCallbacks();
  }

  /** until waits for what a flow that was cancelled never has. */
  until<T>(get: () => T | undefined | false | null): Promise<T> {
    return until(() => {
      const got = get();
      if (!got && this.request.phase === VerificationPhase.Cancelled) {
        throw new Error(`cancelled: ${this.request.cancellationCode} by ${this.request.cancellingUserId}`);
      }
      return got;
    });
  }

  ready(): Promise<boolean> {
    return this.until(() => this.request.phase >= VerificationPhase.Ready && this.request.phase < VerificationPhase.Cancelled);
  }
}

type Named = { readonly flow: string };

/** verificationCommands are about verification, each with the transaction's id. */
export function verificationCommands(session: Session) {
  const flows = new Map<string, Flow>();
  const known = ({ flow }: Named): Flow => {
    const found = flows.get(flow);
    if (!found) throw new Error("no such verification");
    return found;
  };
  const follow = (request: VerificationRequest): string => {
    const id = request.transactionId ?? "";
    flows.set(id, new Flow(request));
    return id;
  };
  return {
    verify: async ({ user, room }: { user: string; room: string }) => follow(await ask(session, user, room)),
    accept: async ({ user }: { user: string }) => {
      const isNew = (one: VerificationRequest) => one.otherUserId === user && one.phase === VerificationPhase.Requested && !one.initiatedByMe;
      const request = await until(() => session.requests.find((one) => isNew(one) && !flows.has(one.transactionId ?? "")));
      const id = follow(request);
      await request.accept();
      return id;
    },
    startSAS: async (named: Named) => {
      const flow = known(named);
      await flow.ready();
      flow.begin(await flow.request.startVerification("m.sas.v1"));
    },
    code: async (named: Named) => {
      const flow = known(named);
      const { sas } = await flow.until(() => flow.sas);
      return { emoji: sas.emoji?.map(([symbol]) => symbol) ?? [], decimals: sas.decimal ?? [] };
    },
    confirm: async (named: Named) => {
      const flow = known(named);
      await (await flow.until(() => flow.sas)).confirm();
    },
    showQR: async (named: Named) => {
      const flow = known(named);
      await flow.ready();
      const code = await flow.request.generateQRCode();
      if (!code) throw new Error("there is no QR code");
      return Buffer.from(code).toString("base64");
    },
    scanQR: async ({ flow: id, code }: Named & { code: string }) => {
      const flow = known({ flow: id });
      await flow.ready();
      flow.begin(await flow.request.scanQRCode(new Uint8ClampedArray(Buffer.from(code, "base64"))));
    },
    confirmScanned: async (named: Named) => {
      const flow = known(named);
      (await flow.until(() => flow.scanned)).confirm();
    },
    done: async (named: Named) => {
      const flow = known(named);
      await flow.until(() => flow.request.phase === VerificationPhase.Done);
    },
  };
}

async function ask(session: Session, user: string, room: string): Promise<VerificationRequest> {
  if (room) return session.crypto.requestVerificationDM(user, room);
  if (user === session.me) return session.crypto.requestOwnUserVerification();
  const devices = (await session.crypto.getUserDeviceInfo([user], true)).get(user);
  const [device] = devices?.keys() ?? [];
  if (!device) throw new Error("they have no device");
  return session.crypto.requestDeviceVerification(user, device);
}
