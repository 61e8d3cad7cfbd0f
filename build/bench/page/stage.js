// The bare page that both clients are measured in: it draws the first rooms of
// the list, and the newest messages of one room, once a frame at most, and says
// when something was painted. What is special to a client is its peer:
//
//   open(fresh)        resolves when its core is ready, signed in where fresh
//   sync()             begins to sync
//   flush()            stores what it may still hold back
//   rooms(n)           the first n rooms of the list: {name, last}
//   count()            how many rooms the list has; 0 until it is whole
//   filter(text)       narrows the list to names with this text
//   enter(room, n)     opens a room with its newest n messages
//   messages(n, skip)  n messages of it, after skipping the newest
//   loaded()           how many it has loaded
//   back(n)            loads n older ones
//   say(text)          sends
//
// It calls changed() whenever there may be something else to draw.

const shownRooms = 20, shownMessages = 50;

/** Each room of the account has as many. */
const fewest = 3;

const tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask", buffered: true });

let peer, due = false;
/** True while the oldest messages are drawn, not the newest. */
let reading = false;
const drawn = { rooms: [], messages: [] };
/** Who waits for something to be painted: [is it drawn?, resolve]. */
let waiting = [];

/** changed draws with the next frame. */
export function changed() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    draw();
    const done = waiting.filter(([is]) => is());
    waiting = waiting.filter((one) => !done.includes(one));
    if (done.length > 0) afterPaint(() => done.forEach(([, resolve]) => resolve(performance.now())));
  });
}

/** Called in a frame, afterPaint runs what comes after it. */
function afterPaint(then) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = then;
  port2.postMessage(0);
}

function draw() {
  drawn.rooms = peer.rooms(shownRooms);
  fill("list", drawn.rooms.map(({ name, last }) => `${name}: ${last}`));
  drawn.messages = peer.messages(shownMessages, reading ? Math.max(0, peer.loaded() - shownMessages) : 0);
  fill("timeline", drawn.messages);
}

function fill(id, texts) {
  document.getElementById(id).replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

/** painted resolves with the time when what is asked for was painted. */
function painted(is) {
  return new Promise((resolve) => {
    waiting.push([is, resolve]);
    changed();
  });
}

const says = (text) => drawn.rooms.some(({ last }) => last === text);
const whole = () => drawn.rooms.length === shownRooms && drawn.rooms.every(({ name }) => name);
const since = async (begun, then) => (await then) - begun;
const clock = (at) => performance.timeOrigin + at;

/** run puts a peer on the stage; all times are in milliseconds. */
export function run(it) {
  peer = it;
  const fresh = new URLSearchParams(location.search).has("fresh");
  const opened = peer.open(fresh).then(() => performance.now());
  const painting = fresh ? undefined : painted(whole);
  if (!fresh) void opened.then(() => peer.sync());
  globalThis.bench = {
    opened: () => opened,
    /** First visit: until the list of all rooms is painted. */
    async sync(rooms) {
      const begun = performance.now();
      const done = painted(() => peer.count() >= rooms && whole());
      await peer.sync();
      return since(begun, done);
    },
    /** Second visit, from navigation: until the list is painted, and until it shows what came first. */
    visit: async (news) => ({ list: await painting, live: await painted(() => says(news)) }),
    /** When the list shows this as a last message, on the clock that all share. */
    shown: async (text) => clock(await painted(() => says(text))),
    enter(room) {
      reading = false;
      const begun = performance.now();
      const done = painted(() => drawn.messages.length >= fewest);
      void peer.enter(room, 20);
      return since(begun, done);
    },
    /** Reads so many more, a page after the other; frames come as they may, and the last shows them all. */
    async back(count, page) {
      reading = true;
      const begun = performance.now();
      const end = peer.loaded() + count;
      while (peer.loaded() < end) await peer.back(page);
      return since(begun, painted(() => peer.loaded() >= end));
    },
    /** Draws all that is loaded, oldest first, one screen a frame: how long a frame's script took, on average. */
    async scroll() {
      let frames = 0, spent = 0;
      for (let skip = peer.loaded() - shownMessages; skip >= 0; skip -= shownMessages) {
        spent += await new Promise((resolve) =>
          requestAnimationFrame(() => {
            const begun = performance.now();
            fill("timeline", peer.messages(shownMessages, skip));
            resolve(performance.now() - begun);
          }),
        );
        frames++;
      }
      return spent / frames;
    },
    /** Sends, and says when that was and until its echo was painted. */
    async say(text) {
      reading = false;
      const begun = performance.now();
      const done = painted(() => drawn.messages.at(-1) === text);
      void peer.say(text);
      return { at: clock(begun), echo: await since(begun, done) };
    },
    filter(text) {
      const begun = performance.now();
      const done = painted(() => peer.filtered === text && drawn.rooms.every(({ name }) => name.toLowerCase().includes(text)));
      void peer.filter(text);
      return since(begun, done);
    },
    flush: () => peer.flush(),
    /** The long tasks of the main thread since this was asked last; Chromium tells of those of 50 ms and more. */
    tasks: () => tasks.splice(0),
  };
}
