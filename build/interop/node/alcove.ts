// Alcove as a peer: its TypeScript client, with the real core natively. What is
// not in its API is not here either, and so it cannot.
import { keyCommands } from "./alcove-keys.js";
import { relationCommands } from "./alcove-relations.js";
import { roomCommands } from "./alcove-rooms.js";
import { Session } from "./alcove-session.js";
import { spaceCommands } from "./alcove-spaces.js";
import { verificationCommands } from "./alcove-verification.js";
import { lastingCores } from "./cores.js";
import { serve } from "./lines.js";

// Standard output is for answers.
for (const name of ["log", "info", "debug"] as const) console[name] = console.error;

const cores = await lastingCores();

await serve(() => {
  const session = new Session(cores);
  return {
    commands: { ...session.commands, ...roomCommands(session), ...keyCommands(session), ...relationCommands(session), ...spaceCommands(session), ...verificationCommands(session) },
    close: () => session.close(),
  };
});
