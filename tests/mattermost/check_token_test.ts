import assert from "node:assert/strict";
import { test } from "node:test";
import { checkToken } from "../../src/mattermost/check_token.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { Lab } from "./support/lab.ts";

const never = new AbortController().signal;

/** How the server takes the token of this account. */
function check(lab: Lab, username: string) {
  return checkToken(lab.api(lab.sandbox.token(username)), never);
}

test("checkToken() says whose the token is, and which channels the account is in", async () => {
  await using lab = await Lab.start();
  const bot = await check(lab, "hermes");
  assert.ok(bot.kind === "bot");
  assert.equal(bot.me.username, "hermes");
  assert.equal(bot.isAdministrator, false);
  assert.equal(bot.channels.length, 6);
  assert.equal((await check(lab, "alice")).kind, "person");
  const admin = await check(lab, "admin");
  assert.ok(admin.kind === "person" && admin.isAdministrator);
});

test("checkToken() knows a token that is wrong, revoked, or of a deactivated account", async () => {
  await using lab = await Lab.start();
  const wrong = await checkToken(lab.api(new Secret("x".repeat(26))), never);
  assert.equal(wrong.kind, "refused");
  const token = lab.sandbox.token("hermes");
  lab.sandbox.admin.deactivate("hermes");
  assert.equal((await checkToken(lab.api(token), never)).kind, "refused");
  lab.sandbox.admin.reactivate("hermes");
  lab.sandbox.admin.revokeTokens("hermes");
  assert.equal((await checkToken(lab.api(token), never)).kind, "refused");
});

test("checkToken() finds out that a server wants a second factor from people", async () => {
  await using lab = await Lab.start({ settings: { enforceMfa: true } });
  assert.equal((await check(lab, "alice")).kind, "mfa_required");
  assert.equal((await check(lab, "hermes")).kind, "bot");
});

test("checkToken() does not blame the token when the server is away or fails", async () => {
  await using lab = await Lab.start();
  const api = lab.api();
  const failure = { kind: "error", status: 500, id: "app.user.get.app_error" } as const;
  lab.sandbox.faults.rest.push({ path: /channels/, answer: failure });
  assert.equal((await checkToken(api, never)).kind, "failed");
  await lab.sandbox.goDown();
  const down = await checkToken(api, never);
  assert.ok(down.kind === "failed");
  assert.equal(down.error.code, "network.refused");
});
