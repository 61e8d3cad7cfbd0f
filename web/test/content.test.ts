import type { Json } from "alcove";
import assert from "node:assert/strict";
import { test } from "node:test";
import { mentions, readContent, withoutFallback } from "../src/content.js";
import { linkOf } from "../src/formatted/target.js";
import { parseRoute } from "../src/route.js";
import { readGeo } from "../src/geo.js";

const message = (content: Json, more = {}) => readContent({ type: "m.room.message", content, ...more });

test("a place is what RFC 5870 says, and nothing off the earth", () => {
  assert.deepEqual(readGeo("geo:49.87,-8.65"), { latitude: 49.87, longitude: -8.65 });
  assert.deepEqual(readGeo("GEO:90,180,12.5;crs=WGS84;u=35.5;later=1"), { latitude: 90, longitude: 180, uncertainty: 35.5 });
  assert.deepEqual(readGeo("geo:1,2;u=NaN"), { latitude: 1, longitude: 2 });
  for (const text of ["geo:NaN,NaN", "geo:91,0", "geo:0,-180.5", "geo:1", "geo:1,2,", "geo:1e1,2", "geo:Infinity,0", "geo: 1,2", "1,2", "geo:1,2;crs=moon", "", `geo:1,2${";a=b".repeat(1_000)}`]) {
    assert.equal(readGeo(text), undefined, text);
  }
});

test("a location without coordinates that hold is still a location", () => {
  assert.deepEqual(message({ msgtype: "m.location", body: "The shed", geo_uri: "geo:NaN,200" }), { kind: "location", body: "The shed" });
  assert.deepEqual(message({ msgtype: "m.location", geo_uri: 7 }), { kind: "location", body: "" });
});

test("a caption is a body that is not the file's name", () => {
  assert.deepEqual(message({ msgtype: "m.image", body: "a.jpg" }), { kind: "media", media: "image", name: "a.jpg" });
  assert.deepEqual(message({ msgtype: "m.image", body: "a.jpg", filename: "a.jpg" }), { kind: "media", media: "image", name: "a.jpg" });
  assert.deepEqual(message({ msgtype: "m.file", body: "look", filename: "a.pdf", info: { size: 12 } }), { kind: "media", media: "file", name: "a.pdf", size: 12, caption: { body: "look" } });
  assert.deepEqual(message({ msgtype: "m.video", body: 1, filename: {}, info: { size: -1 } }), { kind: "media", media: "video", name: "" });
});

test("the quote that old clients put before a reply goes, and only that", () => {
  const quoted = "> <@ada:example.org> one\n> two\n\nyes\n> no";
  assert.equal(withoutFallback(quoted), "yes\n> no");
  assert.equal(withoutFallback("> * <@ada:example.org> waves\n\n\nyes"), "\nyes");
  assert.equal(withoutFallback("> somebody's words\n\nyes"), "> somebody's words\n\nyes");
  assert.equal(withoutFallback("> <@ada:example.org> nothing else"), "> <@ada:example.org> nothing else");
  assert.deepEqual(message({ msgtype: "m.text", body: quoted }), { kind: "text", body: quoted });
  assert.deepEqual(message({ msgtype: "m.text", body: quoted }, { replyTo: { id: "$a" } }), { kind: "text", body: "yes\n> no" });
  assert.deepEqual(message({ msgtype: "m.text", body: quoted, "m.relates_to": { "m.in_reply_to": { event_id: "$a" } } }), { kind: "text", body: "yes\n> no" });
});

test("a type that is not known shows its text", () => {
  const unknown = (content: Json) => readContent({ type: "org.example.new", content });
  assert.deepEqual(unknown({ "m.text": [{ mimetype: "text/html", body: "<b>" }, { body: "plain" }], body: "old" }), { kind: "unknown", body: "plain" });
  assert.deepEqual(unknown({ "org.matrix.msc1767.text": "plain" }), { kind: "unknown", body: "plain" });
  assert.deepEqual(unknown({ body: "old" }), { kind: "unknown", body: "old" });
  for (const content of [null, 3, "x", [], { body: { a: 1 } }, { "m.text": [null, 4] }, { "m.text": {} }]) assert.equal(unknown(content).kind, "unknown");
});

test("any value is read as something", () => {
  const values: Json[] = [null, 1, true, "text", [], {}, { a: 1 }, ["m.text"]];
  for (const type of ["m.room.message", "m.sticker", "m.poll.start", "constructor"]) {
    for (const msgtype of [...values, "m.text", "m.image", "m.location", "m.server_notice", "constructor", "__proto__"]) {
      for (const value of values) {
        const content = { msgtype, body: value, filename: value, format: "org.matrix.custom.html", formatted_body: value, info: value, geo_uri: value, "m.relates_to": value, "m.mentions": value, "m.text": value, admin_contact: value };
        const read = readContent({ type, content });
        assert.equal(typeof (read.kind === "media" ? read.name : read.body), "string");
        mentions({ sender: { id: "@a:b", name: "a" }, type, content }, "@ada:example.org");
      }
    }
  }
});

test("links lead to the web, to people and rooms, and nowhere else", () => {
  const kind = (href: string) => linkOf(href)?.kind;
  for (const href of ["https://example.org", "http://a/b?c", "ftp://example.org/x", "mailto:a@b", "magnet:?xt=urn:x"]) assert.equal(kind(href), "web", href);
  for (const href of ["javascript:alert(1)", " java\nscript:alert(1)", "data:text/html,x", "blob:https://a/b", "file:///etc", "//example.org", "x", "#/room/a", "#/link/matrix%3Au%2Fa%3Ab", "vbscript:x", "matrix:e/x", "web+matrix:u/a:b"]) assert.equal(kind(href), undefined, href);
  for (const href of ["matrix:u/ada:example.org?action=chat", "https://matrix.to/#/!a:b?via=c", "https://matrix.to/#/!a:b/$a%2Fb?via=c", "matrix:r/old:a/e/x"]) {
    const to = linkOf(href);
    assert.ok(to?.kind === "matrix" && to.href.startsWith("#/link/"));
    assert.deepEqual(parseRoute(to.href), { link: to.link }, href);
  }
  assert.equal(kind("https://matrix.to/#/%40ada%3Aexample.org"), "matrix");
  for (const href of ["https://matrix.to/#/nothing", "https://matrix.to/#/%2Bgroup%3Aa", "https://evilmatrix.to/#/@a:b"]) assert.equal(kind(href), "web", href);
});
