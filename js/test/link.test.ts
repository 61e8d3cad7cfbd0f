// What is a link, what is none, and that what is built is read back (FEATURES A.4).
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Calls } from "../src/api.js";
import { formatLink, formatMatrixTo, parseID, parseLink, type MatrixLink } from "../src/link.js";
import { RoomObject } from "../src/room.js";
import { randomFrom } from "./random.js";

const to = "https://matrix.to/#/";
const user = (id: string, action?: "chat"): MatrixLink => ({ kind: "user", id, ...(action && { action }) });
const room = (id: string, via: string[] = [], action?: "join"): MatrixLink => ({ kind: "room", id, via, ...(action && { action }) });
const event = (id: string, name: string, via: string[] = []): MatrixLink => ({ kind: "event", room: id, event: name, via });

type Rows = Readonly<Record<string, MatrixLink | undefined>>;

function reads(rule: string, rows: Rows): void {
  test(rule, () => {
    for (const [text, link] of Object.entries(rows)) assert.deepEqual(parseLink(text), link, text);
  });
}

reads("2-46: a URI names a user, a room or an event, in short and long words of any case", {
  "matrix:u/ada:example.org": user("@ada:example.org"),
  "matrix:user/ada:example.org": user("@ada:example.org"),
  "MATRIX:U/Ada:example.org": user("@Ada:example.org"),
  "Matrix:USER/ada:example.org:8448": user("@ada:example.org:8448"),
  "matrix:r/choir:example.org": room("#choir:example.org"),
  "matrix:Room/choir:example.org": room("#choir:example.org"),
  "matrix:roomid/x:example.org": room("!x:example.org"),
  "matrix:ROOMID/x:[::1]": room("!x:[::1]"),
  "matrix:roomid/x:example.org/e/y": event("!x:example.org", "$y"),
  "matrix:roomid/x:example.org/EVENT/Yy": event("!x:example.org", "$Yy"),
});

reads("2-46: authority and fragment mean nothing yet", {
  "matrix://example.org/u/ada:example.org": user("@ada:example.org"),
  "matrix://me@example.org:8448/r/choir:example.org": room("#choir:example.org"),
  "matrix:///r/choir:example.org": room("#choir:example.org"),
  "matrix:u/ada:example.org#top": user("@ada:example.org"),
  "matrix:u/ada:example.org#a?action=chat": user("@ada:example.org"),
  "matrix:r/choir:example.org?action=join#?action=chat": room("#choir:example.org", [], "join"),
});

reads("2-46: a path has two or four parts, none of them empty", {
  "matrix:": undefined,
  "matrix:u": undefined,
  "matrix:u/": undefined,
  "matrix:/u/ada:example.org": undefined,
  "matrix://u/ada:example.org": undefined,
  "matrix:ada:example.org": undefined,
  "matrix:u/ada:example.org/": undefined,
  "matrix:roomid/x:a/e": undefined,
  "matrix:roomid/x:a/e/": undefined,
  "matrix:roomid//e/y": undefined,
  "matrix:roomid/x:a//y": undefined,
  "matrix:roomid/x:a/e/y/": undefined,
  "matrix:roomid/x:a/e/y/z": undefined,
  "matrix:roomid/x:a/u/y:b": undefined,
  "matrix:u/ada:example.org/e/y": undefined,
});

reads("2-46: other types, groups among them (2-23, 7-41), are nothing here", {
  "matrix:e/y": undefined,
  "matrix:g/x:a": undefined,
  "matrix:group/x:a": undefined,
  "matrix:toString/x:a": undefined,
  "matrix:__proto__/x:a": undefined,
  "matrix:u%73er/x:a": undefined,
  [`${to}+x:example.org`]: undefined,
  [`${to}%2Bexample%3Aexample.org`]: undefined,
});

reads("2-46: an event in a room by alias is read, as old links have it", {
  "matrix:r/choir:example.org/e/y": event("#choir:example.org", "$y"),
  [`${to}%23choir%3Aexample.org/%24y`]: event("#choir:example.org", "$y"),
});

reads("2-40, 7-39: ids of events are whatever they are, and decoded after the path is split", {
  "matrix:roomid/x:a/e/y:b.org": event("!x:a", "$y:b.org"),
  "matrix:roomid/x:a/e/a%2Fb%2Bc+d%3D": event("!x:a", "$a/b+c+d="),
  "matrix:roomid/x:a/e/%24": event("!x:a", "$$"),
  [`${to}!x%3Aa/%24a%2Fb%2Bc+d`]: event("!x:a", "$a/b+c+d"),
  [`${to}!x:a/$y:b.org`]: event("!x:a", "$y:b.org"),
  [`${to}%21x%3Aa%2F%24y`]: room("!x:a/$y"),
  [`${to}!x:a/$a/b`]: undefined,
  [`${to}!x:a/y`]: undefined,
  [`${to}!x:a/`]: undefined,
  [`${to}!x:a/%24`]: undefined,
  [`${to}$y:b.org`]: undefined,
  [`${to}@ada:a/$y`]: undefined,
});

reads("D-24: ids of rooms need no server", {
  "matrix:roomid/31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM": room("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"),
  [`${to}!31hneApxJ_1o?via=a`]: room("!31hneApxJ_1o", ["a"]),
  "matrix:roomid/v12/e/y": event("!v12", "$y"),
});

reads("2-46: users and aliases need one", {
  "matrix:u/ada": undefined,
  "matrix:r/choir": undefined,
  "matrix:u/ada:": undefined,
  "matrix:r/:example.org": undefined,
  "matrix:u/:example.org": user("@:example.org"),
  "matrix:u/ada:a%2Fb": undefined,
  "matrix:u/ada:a%40b": undefined,
  "matrix:u/ada:example.org:x": undefined,
  "matrix:u/ada:example.org:123456": undefined,
  "matrix:r/a:b:c": undefined,
});

reads("2-46: via names servers, as many as are of use", {
  "matrix:roomid/x?via=a&via=b:8448&via=%5B%3A%3A1%5D": room("!x", ["a", "b:8448", "[::1]"]),
  "matrix:r/x:a?via=b": room("#x:a", ["b"]),
  "matrix:roomid/x?via=a&via=a&&via=&via&via=a/b&via=a%2Fb&via=a%20b&via=%E0&via=ü": room("!x", ["a"]),
  "matrix:roomid/x?Via=a&VIA=b&via[]=c&org.example.via=d": room("!x"),
  "matrix:u/ada:a?via=b": user("@ada:a"),
  [`matrix:roomid/x?${Array.from({ length: 900 }, (_, n) => `via=s${n}`).join("&")}`]: room("!x", Array.from({ length: 10 }, (_, n) => `s${n}`)),
  [`${to}!x?via=a&via=b`]: room("!x", ["a", "b"]),
  [`${to}!x:a/$y?via=a&x=y`]: event("!x:a", "$y", ["a"]),
});

reads("2-46: the last action counts, of rooms to join and of users to chat", {
  "matrix:r/x:a?action=join": room("#x:a", [], "join"),
  "matrix:roomid/x?via=a&action=join": room("!x", ["a"], "join"),
  "matrix:u/ada:a?action=chat": user("@ada:a", "chat"),
  "matrix:r/x:a?action=chat&action=join": room("#x:a", [], "join"),
  "matrix:r/x:a?action=join&action=chat": room("#x:a"),
  "matrix:r/x:a?action=join&action=leave": room("#x:a"),
  "matrix:r/x:a?action=%6Aoin": room("#x:a", [], "join"),
  "matrix:r/x:a?action=JOIN": room("#x:a"),
  "matrix:u/ada:a?action=join": user("@ada:a"),
  "matrix:roomid/x/e/y?action=join": event("!x", "$y"),
  "matrix:r/x:a?org.example.action=join&actions=join&action": room("#x:a"),
  [`${to}#x:a?action=join`]: room("#x:a"),
});

reads("2-46: matrix.to takes ids as they are and encoded", {
  [`${to}@ada:example.org`]: user("@ada:example.org"),
  [`${to}%40ada%3Aexample.org`]: user("@ada:example.org"),
  [`${to}#choir:example.org`]: room("#choir:example.org"),
  [`${to}%23%E9%9F%B3:example.org`]: room("#音:example.org"),
  "HTTPS://Matrix.To/#/@ada:example.org": user("@ada:example.org"),
});

reads("E-10: only matrix.to is matrix.to", {
  "https://evilmatrix.to/#/@ada:a": undefined,
  "https://matrix.to.evil/#/@ada:a": undefined,
  "https://matrix.to.evil.org/#/@ada:a": undefined,
  "https://matrix.to@evil.org/#/@ada:a": undefined,
  "https://me@matrix.to/#/@ada:a": undefined,
  "https://me:pw@matrix.to/#/@ada:a": undefined,
  "https://matrix.to:8443/#/@ada:a": undefined,
  "https://matrix.to:443/#/@ada:a": undefined,
  "https://matrix.to./#/@ada:a": undefined,
  "https://matrixxto/#/@ada:a": undefined,
  "https://www.matrix.to/#/@ada:a": undefined,
  "http://matrix.to/#/@ada:a": undefined,
  "ftp://matrix.to/#/@ada:a": undefined,
  "//matrix.to/#/@ada:a": undefined,
  "https:/matrix.to/#/@ada:a": undefined,
  "https:\\\\matrix.to/#/@ada:a": undefined,
  "https://matrix.to/@ada:a": undefined,
  "https://matrix.to/#@ada:a": undefined,
  "https://matrix.to/x#/@ada:a": undefined,
  "https://matrix.to/?x#/@ada:a": undefined,
  " https://matrix.to/#/@ada:a": undefined,
  "xmatrix:u/ada:a": undefined,
  "web+matrix:u/ada:a": undefined,
  "matrix.u/ada:a": undefined,
  [to]: undefined,
  [`${to}/@ada:a`]: undefined,
  [`${to}?via=a`]: undefined,
  [`${to}ada`]: undefined,
});

reads("2-46: what is encoded wrongly, unprintable or huge is no link", {
  "matrix:u/%E0:a": undefined,
  "matrix:u/a%:a": undefined,
  "matrix:roomid/%zz": undefined,
  "matrix:roomid/x/e/%ff": undefined,
  "matrix:r/a%20b:c": undefined,
  "matrix:r/a%00b:c": undefined,
  "matrix:r/a%0Ab:c": undefined,
  "matrix:r/a%E2%80%A8b:c": undefined,
  "matrix:r/a\ud800b:c": undefined,
  [`${to}%E0`]: undefined,
  [`${to}!%ED%A0%80`]: undefined,
  [`matrix:roomid/${"x".repeat(254)}`]: room(`!${"x".repeat(254)}`),
  [`matrix:roomid/${"x".repeat(255)}`]: undefined,
  [`matrix:roomid/${"ü".repeat(128)}`]: undefined,
  [`matrix:roomid/x/e/${"y".repeat(255)}`]: undefined,
  [`matrix:roomid/x?${"&".repeat(8_000)}via=a`]: room("!x", ["a"]),
  [`matrix:roomid/x?${"&".repeat(9_000)}via=a`]: undefined,
});

test("2-46: what is built is short, in lower case, and can be read in one way only", () => {
  const rows: [MatrixLink, string, string][] = [
    [user("@Ada:example.org", "chat"), "matrix:u/Ada:example.org?action=chat", "%40Ada%3Aexample.org"],
    [room("#choir:example.org"), "matrix:r/choir:example.org", "%23choir%3Aexample.org"],
    [room("!x:a", ["b", "c:1", "[::1]"], "join"), "matrix:roomid/x:a?action=join&via=b&via=c:1&via=%5B::1%5D", "!x%3Aa?via=b&via=c:1&via=%5B::1%5D"],
    [event("!v12", "$a/b+c", ["d"]), "matrix:roomid/v12/e/a%2Fb%2Bc?via=d", "!v12/%24a%2Fb%2Bc?via=d"],
    [user("@o'(n)*_~&?#%:a"), "matrix:u/o%27%28n%29%2A_%7E%26%3F%23%25:a", "%40o%27%28n%29%2A_%7E%26%3F%23%25%3Aa"],
    [room("!x", ["a/b", "", "c"]), "matrix:roomid/x?via=c", "!x?via=c"],
  ];
  for (const [link, uri, path] of rows) assert.deepEqual([formatLink(link), formatMatrixTo(link)], [uri, to + path]);
});

test("2-46: what is no id is not built, nor an event in a room by alias", () => {
  const wrong = [user("ada:a"), user("#x:a"), user("@ada"), room("@ada:a"), room("$y"), room("!"), room("!a b"), room("!\ud800"), room(`!${"x".repeat(255)}`),
    event("!x", "y"), event("!x", "!y"), event("@ada:a", "$y"), event("#x:a", "$y")];
  for (const link of wrong) {
    for (const format of [formatLink, formatMatrixTo]) assert.throws(() => format(link), { code: "call.invalid" }, JSON.stringify(link));
  }
});

test("ids are read without a link", () => {
  assert.deepEqual(parseID("@ada:example.org:8448"), user("@ada:example.org:8448"));
  assert.deepEqual(parseID("#choir:example.org"), room("#choir:example.org"));
  assert.deepEqual(parseID("!v12+id/with"), room("!v12+id/with"));
  for (const none of ["", "ada", "@ada", "#a", "# a:b", "!", "$y", "+x:a", "matrix:u/a:b", " @ada:a"]) assert.equal(parseID(none), undefined, none);
});

const letters = ["a", "Z", "0", "-", "_", ".", "~", "/", "+", "=", "?", "#", "&", "%", "%2F", ":", "@", "!", "$", "'", "(", "*", ";", "\\", '"', "<", "ü", "音", "👩‍🚀", "\u202e"];
const servers = ["a", "example.org", "b.example:8448", "[::1]", "[2001:db8::1]:443", "1.2.3.4", "EXAMPLE.org"];

test("D-24, 2-40: whatever is built is read back as the same", () => {
  const random = randomFrom(46);
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const word = () => Array.from({ length: 1 + random(12) }, () => pick(letters)).join("");
  const named = () => `${word().replaceAll(":", "")}x:${pick(servers)}`;
  const via = () => [...new Set(Array.from({ length: random(5) }, () => pick(servers)))];
  const makers: (() => MatrixLink)[] = [
    () => user(`@${named()}`, pick([undefined, "chat"])),
    () => room(`#${named()}`, via(), pick([undefined, "join"])),
    () => room(`!${pick([word, named])()}`, via(), pick([undefined, "join"])),
    () => event(`!${pick([word, named])()}`, `$${pick([word, named])()}`, via()),
  ];
  for (let run = 0; run < 20_000; run++) {
    const link = pick(makers)();
    const { action: _, ...plain } = { action: undefined, ...link };
    const uri = formatLink(link);
    assert.deepEqual(parseLink(uri), link, uri);
    assert.deepEqual(parseLink(formatMatrixTo(link)), plain, formatMatrixTo(link));
    assert.match(uri, /^matrix:(?:u|r|roomid)\/[\w!%:.-]+(?:\/e\/[\w!%:.-]+)?(?:\?[\w%:.&=-]+)?$/);
    assert.equal(new URL(formatMatrixTo(link)).href, formatMatrixTo(link), "a browser changes nothing");
  }
});

test("garbage never throws, and what is read of it can be built again", () => {
  const parts = [...letters, ...servers, to, "matrix:", "matrix://", "u", "/r/", "roomid/", "/e/", "?via=", "&via=", "action=join", "%E0", "\ud800", "\udc00", "\0", " ", "$", "x".repeat(90)];
  const random = randomFrom(10);
  let found = 0;
  for (let run = 0; run < 60_000; run++) {
    const start = ["", to, "matrix:", "matrix:roomid/", "matrix:u/", `${to}!x/`][random(6)] ?? "";
    const text = start + Array.from({ length: random(9) }, () => parts[random(parts.length)]).join("");
    for (const link of [parseLink(text), parseID(text)]) {
      if (!link || (link.kind === "event" && link.room.startsWith("#"))) continue;
      found++;
      assert.deepEqual(parseLink(formatLink(link)), link, JSON.stringify(text));
    }
  }
  assert.ok(found > 2_000, `${found} links`);
});

test("a room's link names the servers that the core chose", async () => {
  const asked: unknown[] = [];
  const calls = { roomVia: async (params: unknown) => (asked.push(params), { servers: ["a", "b"] }) } as Partial<Calls> as Calls;
  const room = new RoomObject({ calls, healing: () => () => () => {}, statusOf: () => () => () => {}, me: () => "@me:x", stored: () => undefined }, "!v12");
  assert.equal(await room.link(), `${to}!v12?via=a&via=b`);
  assert.equal(await room.link({ event: "$a/b" }), `${to}!v12/%24a%2Fb?via=a&via=b`);
  assert.equal(await room.link({ event: "$a/b", scheme: "matrix" }), "matrix:roomid/v12/e/a%2Fb?via=a&via=b");
  assert.deepEqual(asked, [{ roomId: "!v12" }, { roomId: "!v12" }, { roomId: "!v12" }]);
});
