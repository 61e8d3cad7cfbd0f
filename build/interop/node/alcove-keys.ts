import type { KeyProgress } from "../../../js/src/index.js";
import type { Session } from "./alcove-session.js";
import { until } from "./lines.js";

type Recovery = { readonly key?: string; readonly passphrase?: string };

/** keyCommands are about a user's identity and room keys. */
export function keyCommands(session: Session) {
  return {
    setUp: async ({ password, passphrase }: { password: string; passphrase: string }): Promise<Recovery> => {
      const { key = "" } = await session.encryption.setUp({ password, passphrase });
      return { key, passphrase };
    },
    recover: ({ key, passphrase }: Recovery) => session.encryption.recover(key || passphrase || ""),
    backUp: () => backUp(session),
    restore: async () => {
      await until(() => session.encryption.getSnapshot()?.backup === "on");
      return taken(await session.encryption.restoreKeys());
    },
    export: async ({ passphrase }: { passphrase: string }) => (await session.encryption.exportKeys(passphrase)).text,
    import: async ({ file, passphrase }: { file: string; passphrase: string }) =>
      taken(await session.encryption.importKeys(file, passphrase)),
  };
}

function taken({ done, bad = 0 }: KeyProgress): number {
  return done - bad;
}

/** backUp waits until the server has as many keys as the device, and the device says so. */
async function backUp(session: Session): Promise<void> {
  const { keys } = await session.encryption.exportKeys("to count them");
  const path = "/_matrix/client/v3/room_keys/version";
  await until(async () => (await session.request<{ count: number }>({ method: "GET", path })).count >= keys);
  await until(() => {
    const now = session.encryption.getSnapshot();
    return now?.backup === "on" && !now.unsaved;
  });
}
