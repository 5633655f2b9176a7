import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { changeEntries, type MemoryChange } from "../../src/memory/change_entries.ts";
import { countChars, formatEntries, parseEntries } from "../../src/memory/entries.ts";

const LIMIT = 60;
const ENTRIES = ["Alice likes tea", "The server is called atlas"];

function change(change: MemoryChange, entries: readonly string[] = ENTRIES, charsMax = LIMIT) {
  return changeEntries(entries, change, charsMax);
}

test("changeEntries() adds at the end, and adds nothing twice", () => {
  const added = change({ action: "add", content: " new " });
  assert.deepEqual(added.kind === "changed" && added.entries, [...ENTRIES, "new"]);
  assert.equal(change({ action: "add", content: "Alice likes tea" }).kind, "unchanged");
});

test("changeEntries() replaces and removes the one entry that holds the text", () => {
  const replaced = change({ action: "replace", oldText: "tea", content: "Alice likes coffee" });
  assert.deepEqual(replaced.kind === "changed" && replaced.entries[0], "Alice likes coffee");
  const removed = change({ action: "remove", oldText: "atlas" });
  assert.deepEqual(removed.kind === "changed" && removed.entries, ["Alice likes tea"]);
});

test("changeEntries() does not leave the same entry twice after a replacement", () => {
  const outcome = change({
    action: "replace",
    oldText: "tea",
    content: "The server is called atlas",
  });
  assert.deepEqual(outcome.kind === "changed" && outcome.entries, ["The server is called atlas"]);
});

const refusals: readonly [what: string, change: MemoryChange, says: RegExp][] = [
  ["an empty entry", { action: "add", content: " \n " }, /empty/],
  ["an entry that would be two", { action: "add", content: "a\n § \nb" }, /only §/],
  [
    "a text that no entry holds",
    { action: "remove", oldText: "beer" },
    /No entry holds "beer"[^]*tea/,
  ],
  [
    "a text that several hold",
    { action: "remove", oldText: "e" },
    /Several entries[^]*tea[^]*atlas/,
  ],
  ["no text at all", { action: "replace", oldText: "", content: "x" }, /old_text is empty/],
  [
    "what is too long, by how much and with the lengths",
    { action: "add", content: "x".repeat(40) },
    /87 of 60 characters, 27 too many[^]*\(15\) Alice likes tea/,
  ],
];
for (const [what, wanted, says] of refusals) {
  test(`changeEntries() refuses ${what}`, () => {
    const outcome = change(wanted);
    assert.equal(outcome.kind, "refused");
    assert.match(outcome.kind === "refused" ? outcome.reason : "", says);
  });
}

test("changeEntries() takes entries that are equal for one", () => {
  const outcome = change({ action: "remove", oldText: "tea" }, ["tea", "tea"]);
  assert.deepEqual(outcome.kind === "changed" && outcome.entries, ["tea"]);
});

test("changeEntries() lets what a person wrote too long become shorter, and not longer", () => {
  const long = ["x".repeat(90), "y"];
  assert.equal(change({ action: "remove", oldText: "y" }, long).kind, "changed");
  assert.equal(change({ action: "replace", oldText: "y", content: "yy" }, long).kind, "refused");
});

test("changeEntries() says when there is little room left", () => {
  const outcome = change({ action: "add", content: "x".repeat(10) });
  assert.match(outcome.kind === "changed" ? outcome.note : "", /nearly full/);
});

const entry = fc.string({ unit: "grapheme", maxLength: 30 })
  .map((text) => text.replaceAll("\r", "").replaceAll("§", "%").trim())
  .filter((text) => text !== "");

test("parseEntries() reads what formatEntries() wrote", () => {
  fc.assert(fc.property(fc.array(entry), (entries) => {
    assert.deepEqual(parseEntries(formatEntries(entries)), entries);
    assert.equal(countChars(entries), [...formatEntries(entries)].length);
  }));
});

test("parseEntries() reads what people write: CRLF, blanks, a mark at the ends", () => {
  assert.deepEqual(parseEntries("\uFEFF§\r\na\r\nb\r\n  §  \r\n\r\nc\r\n§\r\n"), ["a\nb", "c"]);
  assert.deepEqual(parseEntries("see § 5 of the contract"), ["see § 5 of the contract"]);
});
