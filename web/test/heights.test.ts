import assert from "node:assert/strict";
import { test } from "node:test";
import { Heights } from "../src/scroll/heights.js";

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `k${from + n}`);

test("without measures every row has the first guess", () => {
  const heights = new Heights(50);
  heights.setKeys(keys(0, 10));
  assert.equal(heights.total, 500);
  assert.deepEqual(heights.range(120, 130), { start: 2, end: 3 });
  assert.deepEqual(heights.range(-999, 9_999), { start: 0, end: 10 });
});

test("measures move what is below, and stay with their keys when rows come above", () => {
  const heights = new Heights(50);
  heights.setKeys(keys(5, 10));
  for (let n = 0; n < 5; n++) assert.equal(heights.measure(n, 10 * (n + 1)), true);
  assert.equal(heights.measure(4, 50), false);
  assert.equal(heights.top(2), 30);
  assert.equal(heights.total, 150);
  heights.setKeys(keys(0, 10));
  // What is not measured is taken for the average, 30.
  assert.equal(heights.top(5), 150);
  assert.equal(heights.total, 300);
});

test("an empty list and indexes outside of it", () => {
  const heights = new Heights(50);
  assert.equal(heights.total, 0);
  assert.deepEqual(heights.range(0, 100), { start: 0, end: 0 });
  assert.equal(heights.measure(3, 10), false);
  heights.setKeys(["a"]);
  assert.equal(heights.top(-1), 0);
  assert.equal(heights.top(9), 50);
});

test("at() finds the row that a distance falls into, like a plain search", () => {
  let seed = 3;
  const roll = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  for (let run = 0; run < 50; run++) {
    const heights = new Heights(40);
    const count = 1 + roll(60);
    heights.setKeys(keys(0, count));
    for (let n = 0; n < count; n++) if (roll(3)) heights.measure(n, roll(90));
    for (let step = 0; step < 20; step++) {
      const distance = roll(Math.ceil(heights.total) + 50);
      let plain = 0;
      while (plain < count - 1 && heights.top(plain + 1) <= distance) plain++;
      assert.equal(heights.at(distance), plain);
    }
  }
});
