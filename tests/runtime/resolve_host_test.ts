import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveHost } from "../../src/runtime/resolve_host.ts";

test("resolveHost() gives the addresses of a name", async () => {
  const addresses = await resolveHost("localhost", new AbortController().signal);
  assert.ok(addresses.length > 0);
  for (const address of addresses) assert.match(address, /^(127\.0\.0\.1|::1)$/);
});

test("resolveHost() rejects for a name that nobody knows, and when it is told to stop", async () => {
  await assert.rejects(resolveHost("no-such-host.invalid", new AbortController().signal));
  await assert.rejects(
    resolveHost("localhost", AbortSignal.abort(new Error("stopped"))),
    /stopped/,
  );
});
