// What each of the small apps is: it signs in as Alice and lists her rooms.
// It knows the package by its name alone.
import { createClient } from "alcove";

const page = document.body;
const asked = new URLSearchParams(location.search);

async function start() {
  const steps = [];
  const client = await createClient({
    store: asked.get("store") ?? "app",
    homeserver: asked.get("homeserver") ?? location.origin,
    workerURL: asked.get("worker") ?? undefined,
    wasmURL: asked.get("wasm") ?? undefined,
    onProgress: ({ stage }) => steps.at(-1) === stage || steps.push(stage),
  });
  const rooms = client.rooms.list();
  const show = () => {
    page.querySelector("ul").replaceChildren(
      ...rooms.getSnapshot().map((room) => Object.assign(document.createElement("li"), { textContent: room.name })),
    );
    page.dataset.stale = rooms.stale;
    page.dataset.steps = steps.join(" ");
    if (rooms.getSnapshot().length > 0) page.dataset.state ??= "ready";
  };
  rooms.subscribe(show);
  show();
  Object.assign(globalThis, { client, rooms });
  await client.ready;
  if (client.session.getSnapshot().state === "signedOut") {
    await client.login.password({ user: "alice", password: "alcove" });
  }
}

start().catch((error) => {
  page.dataset.state = "failed";
  page.dataset.error = `${error.code}: ${error.message}`;
});
