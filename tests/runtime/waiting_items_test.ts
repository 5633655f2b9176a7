import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitingItems } from "../../src/runtime/waiting_items.ts";

async function taken<T>(items: WaitingItems<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("WaitingItems gives what waited, also after the end, and then ends", async () => {
  const items = new WaitingItems<number>(10);
  items.push(1);
  items.push(2);
  items.end();
  assert.deepEqual(await taken(items), [1, 2]);
});

test("WaitingItems wakes a reader that came first", async () => {
  const items = new WaitingItems<number>(10);
  const all = taken(items);
  await Promise.resolve();
  items.push(1);
  await Promise.resolve();
  items.push(2);
  items.end();
  assert.deepEqual(await all, [1, 2]);
});

test("WaitingItems takes no more than its bound, and more once there is room", async () => {
  const items = new WaitingItems<number>(2);
  assert.deepEqual([items.push(1), items.push(2), items.push(3)], [true, true, false]);
  const reader = items[Symbol.asyncIterator]();
  assert.deepEqual(await reader.next(), { value: 1, done: false });
  assert.equal(items.push(4), true);
  items.end();
  assert.deepEqual([(await reader.next()).value, (await reader.next()).value], [2, 4]);
  assert.equal((await reader.next()).done, true);
});

test("WaitingItems.drop() forgets what waits, and takes what comes after", async () => {
  const items = new WaitingItems<number>(2);
  items.push(1);
  items.push(2);
  items.drop();
  assert.equal(items.push(3), true);
  items.end();
  assert.deepEqual(await taken(items), [3]);
});
