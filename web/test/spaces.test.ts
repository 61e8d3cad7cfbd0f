import assert from "node:assert/strict";
import { test } from "node:test";
import type { Space } from "alcove";
import { formatRoute, parseRoute } from "../src/route.js";
import { dropBefore, moveBefore, shownSpaces, wayTo } from "../src/views/spaces/tree.js";

/** "a(b(c)d)e": spaces in the order that the core lists them. */
function listed(text: string): Space[] {
  let level = 0;
  const spaces: Space[] = [];
  for (const c of text) {
    if (c === "(") level++;
    else if (c === ")") level--;
    else spaces.push({ key: c, id: c, level, rooms: 0, unread: 0, highlights: 0 } as unknown as Space);
  }
  return spaces;
}

const ids = (spaces: readonly Space[]) => spaces.map(({ id }) => id).join("");

test("a space is shown where all above it are open", () => {
  const spaces = listed("a(b(c)d)e(f)");
  assert.equal(ids(shownSpaces(spaces, new Set())), "ae");
  assert.equal(ids(shownSpaces(spaces, new Set("a"))), "abde");
  assert.equal(ids(shownSpaces(spaces, new Set("b"))), "ae");
  assert.equal(ids(shownSpaces(spaces, new Set("abe"))), "abcdef");
});

test("the way to a space leads from its parent to the root", () => {
  const spaces = listed("a(b(c)d)e(f)");
  assert.deepEqual(wayTo(spaces, "c"), ["b", "a"]);
  assert.deepEqual(wayTo(spaces, "d"), ["a"]);
  assert.deepEqual(wayTo(spaces, "e"), []);
  assert.deepEqual(wayTo(spaces, "none"), []);
});

test("a root moves over the next root, whatever is below it, and stops at the ends", () => {
  const spaces = listed("a(b)c(d)e");
  assert.equal(moveBefore(spaces, "c", -1), "a");
  assert.equal(moveBefore(spaces, "a", 1), "e");
  assert.equal(moveBefore(spaces, "c", 1), undefined);
  assert.equal(moveBefore(spaces, "a", -1), false);
  assert.equal(moveBefore(spaces, "e", 1), false);
  assert.equal(moveBefore(spaces, "b", 1), false);
});

test("what is dropped on a root goes before it, or before the next root", () => {
  const spaces = listed("a(b)c");
  assert.equal(dropBefore(spaces, "a", false), "a");
  assert.equal(dropBefore(spaces, "a", true), "c");
  assert.equal(dropBefore(spaces, "c", true), undefined);
});

test("a space has an address, with and without its details", () => {
  for (const route of [{ space: "!a/b:example.org" }, { space: "!c", details: true }]) assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.deepEqual(parseRoute("#/space/"), {});
  assert.deepEqual(parseRoute("#/space/%E0"), {});
});
