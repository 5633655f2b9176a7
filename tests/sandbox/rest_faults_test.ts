import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";
import { call, SandboxSocket } from "./sandbox_client.ts";
import { startSandbox } from "./support.ts";

test("rate_limited answers in plain text, with each header twice if doubled, as often as told", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const answer = { kind: "rate_limited", retryAfterS: 3, doubled: true } as const;
  sandbox.faults.rest.push({ method: "GET", path: /^\/users\/me$/, times: 2, answer });
  const limited = await call(sandbox, "hermes", "GET", "/users/me");
  assert.equal(limited.status, 429);
  assert.equal(limited.text, "limit exceeded\n");
  assert.match(limited.headers.get("content-type") ?? "", /^text\/plain/);
  assert.equal(limited.headers.get("retry-after"), "3, 4");
  assert.equal(limited.headers.has("x-version-id"), false);
  assert.equal((await call(sandbox, "hermes", "GET", "/users/me/teams")).status, 200);
  assert.equal((await call(sandbox, "hermes", "GET", "/users/me")).status, 429);
  assert.equal((await call(sandbox, "hermes", "GET", "/users/me")).status, 200);
});

test("html, redirect, body and error stand in for the answer", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.rest.push(
    { times: 1, answer: { kind: "html", status: 413 } },
    { times: 1, answer: { kind: "redirect", location: "https://elsewhere.example/" } },
    { times: 1, answer: { kind: "body", status: 200, contentType: "text/x", text: "{" } },
    { times: 1, answer: { kind: "error", status: 503, id: "api.user.busy" } },
  );
  const answers = [];
  for (let count = 0; count < 4; count++) {
    answers.push(await call(sandbox, "hermes", "GET", "/users/me"));
  }
  assert.deepEqual(answers.map((answer) => answer.status), [413, 302, 200, 503]);
  assert.match(answers[0]?.text ?? "", /^<!DOCTYPE html>/);
  assert.equal(answers[1]?.headers.get("location"), "https://elsewhere.example/");
  assert.equal(answers[2]?.text, "{");
  assert.equal(answers[3]?.body.id, "api.user.busy");
  assert.equal(answers[3]?.headers.has("x-request-id"), true);
});

test("delay answers after so much time by the clock, reset never", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  sandbox.faults.rest.push({ times: 1, answer: { kind: "delay", durationMs: 40_000 } });
  const slow = call(sandbox, "hermes", "GET", "/users/me");
  await clock.sleeperFor(40_000);
  assert.equal(sandbox.requests[0]?.status, undefined);
  clock.advance(40_000);
  assert.equal((await slow).status, 200);
  sandbox.faults.rest.push({ answer: { kind: "reset" } });
  await assert.rejects(call(sandbox, "hermes", "GET", "/users/me"));
  assert.equal(sandbox.requests[1]?.status, 0);
});

test("locale de changes the words of an error and nothing else", async () => {
  await using started = await startSandbox({ settings: { locale: "de" } });
  const answer = await call(started.sandbox, undefined, "GET", "/users/me");
  assert.equal(answer.body.id, "api.context.session_expired.app_error");
  assert.match(answer.body.message, /^Ungültige/);
});

test("enforceMfa lets a person no further than users/me, and a bot everywhere", async () => {
  await using started = await startSandbox({ settings: { enforceMfa: true } });
  const { sandbox } = started;
  const me = await call(sandbox, "alice", "GET", "/users/me");
  assert.equal(me.status, 200);
  assert.equal("is_bot" in me.body, false);
  const channels = await call(sandbox, "alice", "GET", "/users/me/channels");
  assert.equal(channels.status, 403);
  assert.equal(channels.body.id, "api.context.mfa_required.app_error");
  assert.equal((await call(sandbox, "hermes", "GET", "/users/me/channels")).status, 200);
});

test("a bot without channels gets an error in a broken list, with 200", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.admin.createUser("lonely", { isBot: true });
  const answer = await call(sandbox, "lonely", "GET", "/users/me/channels");
  assert.equal(answer.status, 200);
  assert.match(answer.text, /^\[\{"id":"app\.channel\.get_channels\.not_found\.app_error"/);
  assert.equal(answer.body, undefined, "not JSON");
});

test("channelListBreaksAfter ends the list in an error after whole channels", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.channelListBreaksAfter = 2;
  const answer = await call(sandbox, "hermes", "GET", "/users/me/channels");
  assert.equal(answer.status, 200);
  assert.equal(answer.text.match(/"total_msg_count_root"/g)?.length, 2);
  assert.match(answer.text, /app\.channel\.get_channels\.get\.app_error/);
});

test("paths outside the base path get 302, wrong ones the page, doubled slashes 301", async () => {
  await using started = await startSandbox({ basePath: "/mm" });
  const { sandbox } = started;
  assert.match(sandbox.url, /\/mm$/);
  assert.equal((await call(sandbox, "hermes", "GET", "/users/me")).status, 200);
  const origin = new URL(sandbox.url).origin;
  const outside = await fetch(`${origin}/api/v4/users/me`, { redirect: "manual" });
  assert.equal(outside.status, 302);
  assert.equal(outside.headers.get("location"), "/mm/api/v4/users/me");
  const wrong = await fetch(`${sandbox.url}/nowhere/api/v4/users/me`);
  assert.equal(wrong.status, 200);
  assert.equal(wrong.headers.get("content-type"), "text/html");
  const doubled = await new Promise<number | undefined>((resolve) =>
    get(`${origin}//mm/api/v4/users/me`, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
  );
  assert.equal(doubled, 301);
});

test("patch refuses edits with the given error", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  const post = sandbox.as("hermes").dm("alice", "fixed");
  sandbox.faults.patch = { status: 403, id: "api.context.permissions.app_error" };
  const answer = await call(sandbox, "hermes", "PUT", `/posts/${post.id}/patch`, { message: "x" });
  assert.equal(answer.status, 403);
  assert.equal(sandbox.world.posts.get(post.id)?.message, "fixed");
});

test("postEditTimeLimitS and messageRunesMax are enforced and announced", async () => {
  const settings = { postEditTimeLimitS: 5, messageRunesMax: 500, userTypingMessages: false };
  await using started = await startSandbox({ settings });
  const { sandbox, clock } = started;
  const config = await call(sandbox, "hermes", "GET", "/config/client?format=old");
  assert.equal(config.body.MaxPostSize, "500");
  assert.equal(config.body.EnableUserTypingMessages, "false");
  const { id } = sandbox.as("hermes").direct("alice");
  const create = (message: string) =>
    call(sandbox, "hermes", "POST", "/posts", { channel_id: id, message });
  assert.equal((await create("\u{1F600}".repeat(501))).status, 400);
  const post = await create("\u{1F600}".repeat(500));
  assert.equal(post.status, 201);
  clock.advance(6_000);
  const patch = await call(sandbox, "hermes", "PUT", `/posts/${post.body.id}/patch`, {
    message: "late",
  });
  assert.equal(patch.body.id, "api.post.update_post.permissions_time_limit.app_error");
});

test("movedTo redirects requests and upgrades to the same path elsewhere", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.faults.movedTo = "https://chat.example.com/mm";
  const answer = await call(sandbox, undefined, "GET", "/config/client?format=old");
  assert.equal(answer.status, 301);
  assert.equal(
    answer.headers.get("location"),
    "https://chat.example.com/mm/api/v4/config/client?format=old",
  );
  assert.equal(await SandboxSocket.as(sandbox, "hermes").closed, 1006);
  assert.equal(sandbox.upgrades[0]?.status, 301);
});

test("answers bear the time of the sandbox's clock and, if there is one, the rate limit", async () => {
  await using started = await startSandbox();
  const { sandbox, clock } = started;
  clock.advance(86_400_000);
  const before = await call(sandbox, undefined, "GET", "/system/ping");
  assert.equal(
    Date.parse(before.headers.get("date") ?? ""),
    Math.floor(clock.nowMs() / 1000) * 1000,
  );
  assert.equal(before.headers.has("x-ratelimit-limit"), false);
  sandbox.settings.rateBurst = 4;
  const after = await call(sandbox, undefined, "GET", "/system/ping");
  assert.equal(after.headers.get("x-ratelimit-limit"), "5");
});

test("in a channel made read-only members may not write, and their role says so", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  sandbox.admin.makeReadOnly("general");
  const { id, team_id } = sandbox.world.channelNamed("general") ?? { id: "", team_id: "" };
  const post = { channel_id: id, message: "hello" };
  assert.equal((await call(sandbox, "hermes", "POST", "/posts", post)).status, 403);
  assert.equal((await call(sandbox, "admin", "POST", "/posts", post)).status, 201);
  const path = `/users/me/teams/${team_id}/channels/members`;
  const members = (await call(sandbox, "hermes", "GET", path)).body;
  const { roles } = members.find((member: { channel_id: string }) => member.channel_id === id);
  const [role] = (await call(sandbox, "hermes", "POST", "/roles/names", [roles])).body;
  assert.equal(role.permissions.includes("create_post"), false);
  const [usual] = (await call(sandbox, "hermes", "POST", "/roles/names", ["channel_user"])).body;
  assert.equal(usual.permissions.includes("create_post"), true);
});

test("requests are logged without tokens", async () => {
  await using started = await startSandbox();
  const { sandbox } = started;
  await call(sandbox, "hermes", "GET", "/users/me");
  const entry = await sandbox.requested((request) => request.status === 200);
  assert.equal(entry.path, "/api/v4/users/me");
  assert.equal(entry.authorization, "bearer");
  assert.equal(JSON.stringify(entry).includes(sandbox.token("hermes").reveal()), false);
});
