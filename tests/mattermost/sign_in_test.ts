import assert from "node:assert/strict";
import { test } from "node:test";
import {
  MattermostApiError,
  UnauthorizedError,
  UnexpectedAnswerError,
} from "../../src/mattermost/errors.ts";
import { signIn } from "../../src/mattermost/sign_in.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { Lab } from "./support/lab.ts";

const never = new AbortController().signal;

function depsOf(lab: Lab) {
  const { clock } = lab;
  const { log } = lab.listenerDeps();
  return { api: lab.api(), clock, random: seededRandom(1), log };
}

test("[C03] signIn() asks for the account and for its channels, and says who the bot is", async () => {
  await using lab = await Lab.start();
  const me = await signIn(depsOf(lab), never);
  assert.deepEqual([me.id, me.username, me.is_bot], [lab.botUserId, "hermes", true]);
  assert.deepEqual(lab.requested(/./), ["/api/v4/users/me", "/api/v4/users/me/channels"]);
});

test("[C03] signIn() gives up after a second when the token is refused twice", async () => {
  await using lab = await Lab.start();
  const api = lab.api(new Secret("x".repeat(26)));
  const refused = assert.rejects(signIn({ ...depsOf(lab), api }, never), UnauthorizedError);
  await lab.logLine("mattermost.token_refused");
  lab.clock.advance(1_000);
  await refused;
  assert.deepEqual(lab.requested(/./), ["/api/v4/users/me", "/api/v4/users/me"]);
});

test("[C03] signIn() does not believe a single 401: a server without its database refuses any token", async () => {
  await using lab = await Lab.start();
  const id = "api.context.session_expired.app_error";
  lab.sandbox.faults.rest = [{ times: 1, answer: { kind: "error", status: 401, id } }];
  const signedIn = signIn(depsOf(lab), never);
  await lab.logLine("mattermost.token_refused");
  lab.clock.advance(1_000);
  const { fields } = await lab.logLine("mattermost.retry");
  await lab.clock.pass(Number(fields.retryInMs));
  assert.equal((await signedIn).username, "hermes");
});

test("[P11] signIn() waits for a server that is too busy to know what the bot may do", async () => {
  await using lab = await Lab.start();
  const answer = { kind: "error", status: 403, id: "api.context.permissions.app_error" } as const;
  lab.sandbox.faults.rest = [{ path: /\/channels$/, times: 1, answer }];
  const signedIn = signIn(depsOf(lab), never);
  const { fields } = await lab.logLine("mattermost.retry");
  await lab.clock.pass(Number(fields.retryInMs));
  assert.equal((await signedIn).username, "hermes");
});

test("[C03] signIn() names MFA when only the second request is refused for it", async () => {
  await using lab = await Lab.start();
  const answer = { kind: "error", status: 403, id: "api.context.mfa_required.app_error" } as const;
  lab.sandbox.faults.rest = [{ path: /\/channels$/, answer }];
  await assert.rejects(
    signIn(depsOf(lab), never),
    (error) => error instanceof MattermostApiError && /MFA/.test(error.hint),
  );
});

test("signIn() gives up at once when something else than Mattermost answers", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest = [{ answer: { kind: "html", status: 200 } }];
  await assert.rejects(signIn(depsOf(lab), never), UnexpectedAnswerError);
});

test("[P11] signIn() waits while a proxy says that the server behind it is away", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest = [{ times: 1, answer: { kind: "html", status: 502 } }];
  const signedIn = signIn(depsOf(lab), never);
  const { fields } = await lab.logLine("mattermost.retry");
  await lab.clock.pass(Number(fields.retryInMs));
  assert.equal((await signedIn).username, "hermes");
});

test("[P11] signIn() waits for a server that is down, and the log says so", async () => {
  await using lab = await Lab.start();
  await lab.sandbox.goDown();
  const signedIn = signIn(depsOf(lab), never);
  for (let attempt = 0; attempt < 3; attempt++) {
    const { level, fields } = await lab.logLine("mattermost.retry", attempt);
    assert.equal(level, "warn");
    if (attempt === 2) await lab.sandbox.comeUp();
    await lab.clock.pass(Number(fields.retryInMs));
  }
  assert.equal((await signedIn).username, "hermes");
});

test("signIn() stops waiting when the caller does", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest = [{ answer: { kind: "html", status: 503 } }];
  const stop = new AbortController();
  const signedIn = signIn(depsOf(lab), stop.signal);
  await lab.logLine("mattermost.retry");
  stop.abort(new Error("enough"));
  await assert.rejects(signedIn, /enough/);
});
