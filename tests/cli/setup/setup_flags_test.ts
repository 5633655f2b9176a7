import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { readFlags, type SetupFlags } from "../../../src/cli/setup/setup_flags.ts";

const ENVIRONMENT = { MATTERMOST_TOKEN: "from-the-environment", MY_KEY: " sk-mine " };

/** What these flags come to, with `input` on the standard input. */
function read(flags: Partial<SetupFlags>, input = "", isInteractive = false) {
  const stream = Object.assign(Readable.from([input]), { isTTY: isInteractive });
  return readFlags({ check: true, ...flags }, {
    environment: ENVIRONMENT,
    input: stream as unknown as NodeJS.ReadStream,
    isInteractive,
  });
}

test("[P70] readFlags() takes the token from the standard input, and the key behind it", async () => {
  const token = await read({ tokenStdin: true }, "\n  tok-en \r\n");
  assert.equal(token.token?.reveal(), "tok-en");
  assert.equal(token.apiKey, undefined);
  const both = await read({ tokenStdin: true, apiKeyStdin: true }, "tok-en\nsk-key\n");
  assert.deepEqual([both.token?.reveal(), both.apiKey?.reveal()], ["tok-en", "sk-key"]);
  const key = await read({ apiKeyStdin: true }, "sk-key");
  assert.equal(key.apiKey?.reveal(), "sk-key");
});

test("[P70] readFlags() takes secrets from the environment, the token only where nobody is asked", async () => {
  const { token, apiKey } = await read({ apiKeyEnv: "MY_KEY" });
  assert.deepEqual([token?.reveal(), apiKey?.reveal()], ["from-the-environment", "sk-mine"]);
  assert.equal((await read({}, "", true)).token, undefined);
});

test("readFlags() knows who may talk, and which home channel", async () => {
  assert.deepEqual((await read({ allow: "@a" })).people, { kind: "listed", people: "@a" });
  assert.deepEqual((await read({ allowEveryone: true })).people, { kind: "everyone" });
  assert.deepEqual((await read({ allowNobody: true })).people, { kind: "nobody" });
  const nothing = await read({});
  assert.deepEqual([nothing.people, nothing.homeChannel], [undefined, undefined]);
  assert.equal((await read({ homeChannel: false })).homeChannel, false);
});

const refusals: readonly [what: string, flags: Partial<SetupFlags>, input: string, says: RegExp][] =
  [
    ["too few lines", { tokenStdin: true, apiKeyStdin: true }, "one\n", /has 1 line, and not 2/],
    ["too many lines", { tokenStdin: true }, "one\ntwo\n", /has 2 lines, and not 1 line$/],
    ["nothing at all", { tokenStdin: true }, "", /has 0 lines/],
    ["two words", { tokenStdin: true }, "two canary-words\n", /^The token has a space/],
    ["a variable that is not set", { apiKeyEnv: "NO_KEY" }, "", /^NO_KEY is not set/],
  ];
for (const [what, flags, input, says] of refusals) {
  test(`[P69] readFlags() refuses ${what}, and repeats no secret`, async () => {
    const error = await read(flags, input).then(() => undefined, (reason: Error) => reason);
    assert.match(error?.message ?? "", says);
    assert.doesNotMatch(String(error), /canary/);
  });
}

test("readFlags() does not read a secret from a terminal, where it would show", async () => {
  await assert.rejects(read({ tokenStdin: true }, "", true), { code: "setup.usage" });
});
