import assert from "node:assert/strict";
import { test } from "node:test";
import { readTyped } from "../src/command.js";
import { maxPills, splitLinks } from "../src/link.js";
import { initialsOf, toneOf } from "../src/person.js";
import { formatLinkRoute, formatRoute, parseRoute } from "../src/route.js";

const links = (text: string) => splitLinks(text).flatMap(({ to }) => (to?.kind === "web" ? to.href : []));
const named = (text: string) => splitLinks(text).flatMap(({ text, to }) => (to?.kind === "matrix" ? text : []));

test("links are http and https only, without the punctuation that ends a sentence", () => {
  assert.deepEqual(links("see https://example.org/a?b=c#d."), ["https://example.org/a?b=c#d"]);
  assert.deepEqual(links("(https://example.org/wiki/Fox_(animal))"), ["https://example.org/wiki/Fox_(animal)"]);
  assert.deepEqual(links("http://a.example, and HTTPS://B.example!"), ["http://a.example/", "https://b.example/"]);
  assert.deepEqual(links("javascript://example.org/%0aalert(1) ftp://example.org data://x"), []);
  assert.deepEqual(links("https:// https://)"), []);
  assert.deepEqual(links("https://evilmatrix.to/#/@a:b.c http://matrix.to/#/@a:b.c https://matrix.to/#/%2Bgroup%3Aa.b").length, 3);
  assert.deepEqual(links('"https://example.org/x" <https://example.org/y>'), ["https://example.org/x", "https://example.org/y"]);
});

test("links within Matrix, ids and aliases are found, and little else is taken for one", () => {
  const all = ["https://matrix.to/#/@ada:example.org", "https://matrix.to/#/#a:b", "matrix:r/choir:example.org", "matrix:roomid/v12/e/x?via=a", "MATRIX:u/a:b", "@ada:example.org", "#choir:example.org:8448"];
  for (const link of all) assert.deepEqual(named(`(see ${link}), ${link}: that`), [link, link], link);
  for (const none of ["a@b.org", "me@mail:example.org", "#1:2", "@10:30", "#", "@room: hi", "@ada: hello", "+group:example.org", "web+matrix:u/a:b", "matrix: yes", "matrix:reloaded", "https://x.org/@a:b.c", "x#a:b.c", "@a:b.c/d"]) assert.deepEqual(named(none), [], none);
  assert.equal(named("@a:b.c ".repeat(90)).length, maxPills);
});

test("splitting a text loses none of it", () => {
  const parts = ["https://example.org/(a", "http://", "x", " ", ")", ".", "https://[::1]:80/", "\n", "é", "\ud800", "https://%", "@a:b.c", "#", "matrix:u/", "“", "…"];
  let seed = 7;
  for (let run = 0; run < 2_000; run++) {
    let text = "";
    for (let n = 0; n < 8; n++) text += parts[(seed = (seed * 48271) % 2147483647) % parts.length];
    assert.equal(splitLinks(text).map((piece) => piece.text).join(""), text);
    for (const href of links(text)) assert.match(href, /^https?:\/\//);
  }
});

test("commands, texts that look like them, and nothing", () => {
  assert.deepEqual(readTyped("/me waves\nand smiles "), { kind: "emote", body: "waves\nand smiles" });
  assert.deepEqual(readTyped("/notice done"), { kind: "notice", body: "done" });
  assert.deepEqual(readTyped("//me"), { kind: "text", body: "/me" });
  assert.deepEqual(readTyped("/etc/hosts is a file"), { kind: "text", body: "/etc/hosts is a file" });
  assert.deepEqual(readTyped("/mee x"), { kind: "unknown", name: "/mee" });
  assert.deepEqual(readTyped("/constructor"), { kind: "unknown", name: "/constructor" });
  assert.deepEqual(readTyped("/me "), { kind: "missing", name: "/me" });
  assert.deepEqual(readTyped(" \n "), { kind: "empty" });
  assert.deepEqual(readTyped("  indented\n"), { kind: "text", body: "  indented" });
});

test("routes carry any room id and event id there and back", () => {
  for (const room of ["!a:b", "!a/b+c", "!%E0?#&=", "!ü:é", "#x:y"]) {
    for (const more of [{}, { details: true }, { thread: `$${room}` }, { event: `$${room}` }]) {
      assert.deepEqual(parseRoute(formatRoute({ room, ...more })), { room, ...more });
    }
  }
  const link = { kind: "user", id: "@a/b:c" } as const;
  for (const uri of ["matrix:u/a%2Fb:c", "web+matrix:u/a%2Fb:c", "WEB+MATRIX:u/a%2Fb:c", "https://matrix.to/#/@a%2Fb:c"]) assert.deepEqual(parseRoute(formatLinkRoute(uri)), { link });
  for (const uri of ["", "x", "javascript:1", "https://example.org", "web+https://matrix.to/#/@a:b", "web+web+matrix:u/a:b", "matrix:g/a:b"]) assert.deepEqual(parseRoute(formatLinkRoute(uri)), {}, uri);
  for (const part of ["event", "thread", "event/", "event/%E0"]) assert.deepEqual(parseRoute(`#/room/!a/${part}`), { room: "!a" }, part);
  for (const hash of ["", "#", "#/", "#/room", "#/room/", "#/room/%E0", "#/other/x"]) assert.deepEqual(parseRoute(hash), {}, hash);
});

test("initials and tones of any name", () => {
  assert.equal(initialsOf("Ada Lovelace"), "AL");
  assert.equal(initialsOf("#room:example.org"), "RO");
  assert.equal(initialsOf("👩‍🚀 Mae"), "👩‍🚀M");
  assert.equal(initialsOf("  "), "?");
  assert.equal(initialsOf("((("), "?");
  for (const id of ["", "@a:b", "\ud800", "x".repeat(300)]) assert.ok(toneOf(id) >= 0 && toneOf(id) < 8);
});
