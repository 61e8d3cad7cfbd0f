import type { LiveList, LiveVerification, Verification, VerificationSnapshot } from "../../../js/src/index.js";
import type { Session } from "./alcove-session.js";
import { Cannot, until } from "./lines.js";

type Named = { readonly flow: string };

/** verificationCommands are about verification, each with the verification's id. */
export function verificationCommands(session: Session) {
  const flows = new Map<string, LiveVerification>();
  let requests: LiveList<Verification> | undefined;
  const follow = (one: LiveVerification): string => {
    flows.set(one.id, one);
    return one.id;
  };
  const known = ({ flow }: Named): LiveVerification => {
    const found = flows.get(flow);
    if (!found) throw new Error("no such verification");
    return found;
  };
  return {
    verify: async ({ user, room }: { user: string; room: string }) => {
      if (!room && user !== session.me) throw new Cannot(); // other users it asks in a room only
      const one = await session.encryption.verify({ user: user as never, scanner: true });
      const { roomId } = await reach(one, () => true);
      if (room && roomId !== room) throw new Error("it asked in another room");
      return follow(one);
    },
    accept: async ({ user }: { user: string }) => {
      requests ??= session.encryption.verifications();
      await requests.ready;
      const { getSnapshot } = requests;
      const { id } = await until(() => getSnapshot().find((one) => one.phase === "asking" && one.userId === user && !flows.has(one.id)));
      const one = session.encryption.verification(id);
      await one.accept({ scanner: true });
      return follow(one);
    },
    startSAS: async (named: Named) => {
      const one = known(named);
      await reach(one, ({ phase, canEmoji }) => phase === "ready" && canEmoji);
      await one.emoji();
    },
    code: async (named: Named) => {
      const { emoji = [], decimals = [] } = await reach(known(named), ({ phase }) => phase === "compare");
      return { emoji: emoji.map((one) => one.emoji), decimals };
    },
    confirm: async (named: Named) => {
      const one = known(named);
      await reach(one, ({ phase }) => phase === "compare");
      await one.match();
    },
    showQR: async (named: Named) => {
      const { qr = [] } = await reach(known(named), ({ qr }) => qr !== undefined);
      return Buffer.from(qr).toString("base64");
    },
    scanQR: async ({ flow, code }: Named & { code: string }) => {
      const one = known({ flow });
      await reach(one, ({ phase, canScan }) => phase === "ready" && canScan);
      await one.scan(Buffer.from(code, "base64"));
    },
    confirmScanned: async (named: Named) => {
      const one = known(named);
      await reach(one, ({ phase }) => phase === "scanned");
      await one.match();
    },
    done: async (named: Named) => void (await reach(known(named), ({ phase }) => phase === "done")),
  };
}

/** reach waits for a verification to be somewhere; one that was cancelled never is. */
async function reach(one: LiveVerification, there: (now: VerificationSnapshot) => boolean | undefined): Promise<VerificationSnapshot> {
  await one.ready;
  return until(() => {
    const now = one.getSnapshot();
    if (now && there(now)) return now;
    if (now?.phase === "cancelled") throw new Error(`cancelled: ${now.reason} by ${now.byUs ? "us" : "them"}`);
    return undefined;
  });
}
