// matrix-js-sdk with its Rust crypto, as a peer.
import "../../../js/test/forjssdk.js";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { keyCommands } from "./jssdk-keys.js";
import { relationCommands } from "./jssdk-relations.js";
import { roomCommands } from "./jssdk-rooms.js";
import { Session } from "./jssdk-session.js";
import { spaceCommands } from "./jssdk-spaces.js";
import { verificationCommands } from "./jssdk-verification.js";
import { serve } from "./lines.js";

// Standard output is for answers.
for (const name of ["log", "info", "debug"] as const) console[name] = console.error;
(logger as unknown as { disableAll(): void }).disableAll();

await serve(() => {
  const session = new Session();
  return {
    commands: { ...session.commands, ...roomCommands(session), ...keyCommands(session), ...relationCommands(session), ...spaceCommands(session), ...verificationCommands(session) },
    close: () => session.close(),
  };
});
