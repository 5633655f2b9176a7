import assert from "node:assert/strict";
import { test } from "node:test";
import { systemRandom } from "../../src/runtime/random.ts";

test("[C26] systemRandom.id() has the form of a Mattermost id and does not repeat", () => {
  const ids = Array.from({ length: 1_000 }, () => systemRandom.id());
  for (const id of ids) assert.match(id, /^[a-z0-9]{26}$/);
  assert.equal(new Set(ids).size, ids.length);
});

test("systemRandom.float() is at least 0 and less than 1", () => {
  for (let count = 0; count < 1_000; count++) {
    const value = systemRandom.float();
    assert(value >= 0 && value < 1);
  }
});
