import assert from "node:assert/strict";
import { test } from "node:test";
import { exitMeaning } from "../../../src/tools/terminal/exit_meaning.ts";

test("exitMeaning() explains codes that are no failure, or say little by themselves", () => {
  const cases: readonly [command: string, code: number, meaning: RegExp | undefined][] = [
    ["grep -r needle .", 1, /nothing matched/],
    ["cat log | /usr/bin/grep needle", 1, /nothing matched/],
    ["LC_ALL=C rg needle", 1, /nothing matched/],
    ["grep needle missing", 2, undefined],
    ["cd /tmp && diff a b", 1, /the files differ/],
    ["[ -f x ]", 1, /condition is false/],
    ["test -f x", 1, /condition is false/],
    ["curl -s https://nowhere.invalid", 6, /name of the host is unknown/],
    ["curl -f http://localhost", 22, /answered with an error/],
    ["git diff --exit-code", 1, /the files differ/],
    ["git commit -m x", 1, undefined],
    ["timeout 5 make", 124, /time limit/],
    ["nosuchprogram", 127, /no such program/],
    ["./data.txt", 126, /may not be executed/],
    ["node big.js", 137, /killed/],
    ["grep x big | cat", 1, undefined],
    ["make", 2, undefined],
    ["constructor", 1, undefined],
    ["", 1, undefined],
  ];
  for (const [command, code, meaning] of cases) {
    const given = exitMeaning(command, code);
    if (meaning === undefined) assert.equal(given, undefined, command);
    else assert.match(given ?? "", meaning, command);
  }
});
