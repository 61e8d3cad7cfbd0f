// Alcove as a peer: its TypeScript client, with the real core natively. What is
// not in its API is not here either, and so it cannot.
import { nativeCores } from "../../../js/test/native.js";
import { keyCommands } from "./alcove-keys.js";
import { roomCommands } from "./alcove-rooms.js";
import { Session } from "./alcove-session.js";
import { verificationCommands } from "./alcove-verification.js";
import { serve } from "./lines.js";

// Standard output is for answers.
for (const name of ["log", "info", "debug"] as const) console[name] = console.error;

const cores = nativeCores();

await serve(() => {
  const session = new Session(cores);
  return {
    commands: { ...session.commands, ...roomCommands(session), ...keyCommands(session), ...verificationCommands(session) },
    close: () => session.close(),
  };
});
