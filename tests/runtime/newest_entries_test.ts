import assert from "node:assert/strict";
import { test } from "node:test";
import { NewestEntries } from "../../src/runtime/newest_entries.ts";

test("NewestEntries lets go of what was put the longest ago", () => {
  const entries = new NewestEntries<string, number>(2);
  assert.equal(entries.put("a", 1), undefined);
  assert.equal(entries.put("b", 2), undefined);
  assert.equal(entries.put("a", 3), undefined);
  assert.equal(entries.put("c", 4), 2);
  assert.deepEqual(["a", "b", "c"].map((key) => entries.get(key)), [3, undefined, 4]);
  entries.delete("a");
  assert.equal(entries.put("d", 5), undefined);
  assert.equal(entries.get("a"), undefined);
});
