// Takes both clients through the same work, one after the other, run by run,
// and prints a line of JSON for each number that it takes.
//
//   node build/bench/drive/peers.mjs CONTROL '{"rooms": 1000, "runs": 5, "groups": ["cold"]}'
//
// CONTROL is where new homeservers are asked for.
import { withBrowser, withProfile } from "./browser.mjs";
import { crypto } from "./crypto.mjs";
import { firstVisit, nextVisit } from "./visits.mjs";

const control = process.argv[2];
const plan = JSON.parse(process.argv[3]);
const clients = ["alcove", "jssdk"];

for (let run = 0; run < plan.runs; run++) {
  for (const client of clients) {
    console.error(`bench: ${plan.rooms} rooms, run ${run + 1} of ${plan.runs}, ${client}`);
    await life({ rooms: plan.rooms, run, client });
  }
}

/** life is a new device on a new profile: a first visit, and one of the browser's next start. */
async function life(about) {
  const groups = new Set(plan.groups);
  const take = (row, value, more) => {
    if (value !== undefined && groups.has(row.split(".")[0])) console.log(JSON.stringify({ row, ...about, value, ...more }));
  };
  const scene = { ...about, take, wants: (group) => groups.has(group), profiled: (group) => plan.profile && groups.has(group) };
  if (groups.has("crypto")) {
    const alone = { ...scene, ...(await newServer(about)) }; // what it fetches is none of the visits'
    await withProfile((profile) => withBrowser(profile, (context) => crypto(context, alone)));
  }
  const visits = plan.groups.filter((group) => group !== "crypto");
  if (visits.length === 0) return;
  const visited = { ...scene, ...(await newServer(about)) };
  await withProfile(async (profile) => {
    await withBrowser(profile, (context) => firstVisit(context, visited));
    if (visits.some((group) => !["cold", "bytes"].includes(group))) await withBrowser(profile, (context) => nextVisit(context, visited));
  });
}

async function newServer({ rooms }) {
  return (await fetch(`${control}/new?rooms=${rooms}`, { method: "POST" })).json();
}
