import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { Secret } from "../../src/runtime/secret.ts";

test("[C39] Secret shows its text to reveal() alone", () => {
  const secret = new Secret("hush-hush");
  assert.equal(secret.reveal(), "hush-hush");
  const shown = [
    String(secret),
    `${secret}`,
    "" + secret,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ nested: { secret } }, { showHidden: true, depth: null }),
    format("%s %o %j", secret, secret, secret),
    Object.values(secret).join(),
    String(new Error(`failed with ${secret}`)),
  ];
  for (const text of shown) assert.doesNotMatch(text, /hush/);
});
