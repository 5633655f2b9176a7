import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readArguments } from "../../src/models/repair_arguments.ts";

const read: [name: string, written: string, value: unknown][] = [
  ["JSON", '{"path":"a","n":[1,{"b":null}]}', { path: "a", n: [1, { b: null }] }],
  ["nothing", "  ", {}],
  ["a fence", '```json\n{"path":"a"}\n```', { path: "a" }],
  ["a fence without a name, on one line", '```{"path":"a"}```', { path: "a" }],
  ["commas at the end", '{"a":[1,2,],"b":{"c":3,},}', { a: [1, 2], b: { c: 3 } }],
  ["single quotes", "{'path': 'a b', 'n': ['x']}", { path: "a b", n: ["x"] }],
  ["an apostrophe in single quotes", "{'text': 'it's fine'}", { text: "it's fine" }],
  ["an escaped apostrophe", "{'text': 'it\\'s'}", { text: "it's" }],
  ["double quotes in single ones", `{'text': 'say "hi"'}`, { text: 'say "hi"' }],
  ["an apostrophe in double quotes", `{"text":"it's",}`, { text: "it's" }],
  ["names without quotes", "{path: 'a', n_1: 2}", { path: "a", n_1: 2 }],
  ["Python's constants", "{'a': True, 'b': False, 'c': None}", { a: true, b: false, c: null }],
  ["constants within a text", "{'a': 'True None'}", { a: "True None" }],
  ["line breaks in a text", '{"text":"one\ntwo\tthree"}', { text: "one\ntwo\tthree" }],
  ["a bracket within a text", '{"text":"a } b ] c,}",}', { text: "a } b ] c,}" }],
  ["escapes", '{"text":"\\"\\\\n\\u00e9",}', { text: '"\\né' }],
  ["numbers", "{'a': -1.5e3,}", { a: -1500 }],
];
for (const [name, written, value] of read) {
  test(`[P113] readArguments() reads ${name}`, () => {
    assert.deepEqual(readArguments(written), { kind: "read", value });
  });
}

const refused: [name: string, written: string, kind: "cut_off" | "malformed"][] = [
  ["an object that does not end", '{"path":"a"', "cut_off"],
  ["a text that does not end", '{"command":"rm -rf /tmp/a', "cut_off"],
  ["a text that ends with a bracket and no quote", '{"command":"echo }', "cut_off"],
  ["a list that does not end", '{"a":[1,2', "cut_off"],
  ["single quotes that do not end", "{'a': 'b", "cut_off"],
  ["an escape at the end", '{"a":"\\', "cut_off"],
  ["quotes within a text that nobody can part", '{"command":"echo "hi""}', "malformed"],
  ["two objects", '{"a":1}{"b":2}', "malformed"],
  ["words behind the object", '{"a":1} I hope', "malformed"],
  ["words", "the file a.txt", "malformed"],
  ["a bracket too many", '{"a":1}}', "malformed"],
  ["a name without a value", '{"a"}', "malformed"],
];
for (const [name, written, kind] of refused) {
  test(`[P113] readArguments() does not guess: ${name}`, () => {
    assert.deepEqual(readArguments(written), { kind });
  });
}

test("[P113] readArguments() reads what JSON.stringify() writes, and nothing of less of it", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (value, cut) => {
    const text = JSON.stringify(value);
    assert.deepEqual(readArguments(text), { kind: "read", value: JSON.parse(text) });
    const part = text.slice(0, 1 + (cut % Math.max(1, text.length - 1)));
    if (part.length < text.length) assert.notEqual(readArguments(part).kind, "read");
  }));
});
