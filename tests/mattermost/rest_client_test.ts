import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { HermesError } from "../../src/errors.ts";
import { MattermostApi } from "../../src/mattermost/api.ts";
import { MattermostApiError, UnexpectedAnswerError } from "../../src/mattermost/errors.ts";
import { NetworkError } from "../../src/runtime/network_error.ts";
import { Lab, network, serverUrl } from "./support/lab.ts";
import { startOddServer } from "./support/odd_server.ts";

const never = new AbortController().signal;

/** What a promise rejects with. */
async function failure<T>(promise: Promise<unknown>, type: abstract new (...args: never[]) => T) {
  const error = await promise.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof type, `threw ${inspect(error)}`);
  return error;
}

test("RestClient sends the token as a header, and nothing else that could hold it", async () => {
  await using lab = await Lab.start();
  const me = await lab.api().getMe(never);
  assert.equal(me.id, lab.botUserId);
  const [request] = lab.sandbox.requests;
  assert.equal(request?.authorization, "bearer");
  assert.equal(request?.path, "/api/v4/users/me");
  assert.equal(request?.headers.cookie, undefined);
});

test("[C36] RestClient gives the same error in every language of the server", async () => {
  const errors: { id: string; kind: string; code: string; hint: string }[] = [];
  for (const locale of ["en", "de"] as const) {
    await using lab = await Lab.start({ settings: { locale, messageRunesMax: 10 } });
    const { id: channelId } = lab.sandbox.as("alice").direct("hermes");
    const post = { channelId, rootId: "", message: "much too long", pendingPostId: "p" };
    const error = await failure(lab.api().createPost(post, never), MattermostApiError);
    assert.match(error.message, /request [a-z0-9]{26}/);
    errors.push({ id: error.id, kind: error.kind, code: error.code, hint: error.hint });
  }
  assert.deepEqual(errors[0], errors[1]);
  assert.equal(errors[0]?.kind, "message_too_long");
});

test("[C37] RestClient does not follow a redirect, and names where it leads", async () => {
  await using lab = await Lab.start({ basePath: "/mm" });
  const { port } = new URL(lab.sandbox.url);
  const api = new MattermostApi({
    ...lab.listenerDeps(),
    fetch: network.fetch,
    serverUrl: serverUrl(`http://127.0.0.1:${port}`),
  });
  const error = await failure(api.getMe(never), UnexpectedAnswerError);
  assert.equal(error.kind, "redirect");
  assert.equal(error.location, `http://127.0.0.1:${port}/mm/api/v4/users/me`);
  assert.equal(lab.sandbox.requests.length, 1);
});

test("[C37] RestClient bears a redirect to what is no address", async () => {
  await using server = await startOddServer((_, response) => {
    response.writeHead(302, { location: "https://" }).end();
  });
  const error = await failure(server.api.getMe(never), UnexpectedAnswerError);
  assert.equal(error.kind, "redirect");
});

test("[C37] RestClient tells a web page with status 200 from an answer", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest.push({ answer: { kind: "html", status: 200 } });
  const error = await failure(lab.api().getMe(never), UnexpectedAnswerError);
  assert.equal(error.kind, "html");
  assert.match(error.hint, /subpath/);
});

test("[C37] RestClient tells another server's JSON from Mattermost's", async () => {
  await using server = await startOddServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"id":"x"}');
  });
  const error = await failure(server.api.getMe(never), UnexpectedAnswerError);
  assert.equal(error.kind, "not_mattermost");
});

const brokenAnswers = [
  ["text/plain", "OK"],
  ["application/json", '{"id":'],
  ["application/json", '{"no":"user"}'],
] as const;

for (const [contentType, text] of brokenAnswers) {
  test(`[C37] RestClient does not take ${contentType} ${text} for an answer`, async () => {
    await using server = await startOddServer((_, response) => {
      response.writeHead(200, { "content-type": contentType, "x-version-id": "11.6.0" }).end(text);
    });
    const error = await failure(server.api.getMe(never), UnexpectedAnswerError);
    assert.equal(error.kind, "not_json");
  });
}

test("RestClient does not take a proxy's page for a refusal of the server", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest = [{ answer: { kind: "html", status: 401 } }];
  const error = await failure(lab.api().getMe(never), UnexpectedAnswerError);
  assert.deepEqual([error.kind, error.status], ["html", 401]);
  lab.sandbox.faults.rest = [{ answer: { kind: "html", status: 502 } }];
  const down = await failure(lab.api().getMe(never), MattermostApiError);
  assert.deepEqual([down.kind, down.id], ["unavailable", ""]);
});

test("[C35] RestClient holds every request back until the time of a 429 is over", async () => {
  await using lab = await Lab.start();
  const answer = { kind: "rate_limited", retryAfterS: 6, doubled: true } as const;
  lab.sandbox.faults.rest = [{ times: 1, answer }];
  const api = lab.api();
  const error = await failure(api.getMe(never), MattermostApiError);
  assert.deepEqual([error.kind, error.retryAfterMs], ["rate_limited", 7_000]);

  const later = Promise.all([api.getMe(never), api.getMyChannels(never)]);
  await api.showTyping({ channelId: "c", parentId: "" }, never);
  await lab.clock.sleeperFor(7_000);
  lab.clock.advance(6_999);
  assert.equal(lab.sandbox.requests.length, 1);
  lab.clock.advance(701); // The pause is up to a tenth longer.
  await later;
  assert.deepEqual(lab.sandbox.requests.map(({ path }) => path).sort(), [
    "/api/v4/users/me",
    "/api/v4/users/me",
    "/api/v4/users/me/channels",
  ]);
});

test("RestClient tells how long a busy server wants to be left alone, and holds nothing back", async () => {
  await using lab = await Lab.start();
  const answer = { kind: "html", status: 503, headers: { "retry-after": "9" } } as const;
  lab.sandbox.faults.rest = [{ times: 1, answer }];
  const api = lab.api();
  const error = await failure(api.getMe(never), MattermostApiError);
  assert.deepEqual([error.kind, error.retryAfterMs], ["unavailable", 9_000]);
  await api.getMe(never);
});

test("RestClient ends a request that gets no answer", async () => {
  await using lab = await Lab.start();
  const answer = { kind: "delay", durationMs: 60_000 } as const;
  lab.sandbox.faults.rest = [{ times: 1, answer }];
  const request = failure(lab.api().getMe(never), NetworkError);
  await lab.clock.asleep(60_000);
  lab.clock.advance(15_000);
  assert.equal((await request).kind, "timeout");
});

test("RestClient sends a read again when the connection was cut", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest = [{ times: 1, answer: { kind: "reset" } }];
  await lab.api().getMe(never);
  assert.equal(lab.sandbox.requests.length, 2);
  lab.sandbox.faults.rest = [{ answer: { kind: "reset" } }];
  const error = await failure(lab.api().getMe(never), NetworkError);
  assert.equal(error.kind, "reset");
});

test("RestClient sends a create once, also when the connection was cut", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest = [{ times: 1, answer: { kind: "reset" } }];
  const { id: channelId } = lab.sandbox.as("alice").direct("hermes");
  const post = { channelId, rootId: "", message: "hi", pendingPostId: "p" };
  const error = await failure(lab.api().createPost(post, never), NetworkError);
  assert.equal(error.kind, "reset");
  assert.equal(lab.sandbox.requests.length, 1);
});

test("RestClient stops waiting when the caller does", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.rest = [{ times: 1, answer: { kind: "rate_limited", retryAfterS: 6 } }];
  const api = lab.api();
  await failure(api.getMe(never), MattermostApiError);
  const stop = new AbortController();
  const request = api.getMe(stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(request, /enough/);
});

test("no error of RestClient holds the token, and none reads a proxy's page to its end", async () => {
  await using server = await startOddServer((request, response) => {
    const reflected = `${request.headers.authorization}`;
    const status = Number(/(\d{3})$/.exec(request.url ?? "")?.[1]);
    response.writeHead(status, { location: `/login?token=${reflected.slice(7)}` });
    response.end(`<html>${reflected}${"x".repeat(100_000)}`);
  });
  for (const status of [200, 302, 400, 401, 403, 404, 429, 500, 502]) {
    const error: HermesError = await server.api.getPost(String(status), never).then(
      () => assert.fail(`${status} was taken for an answer`),
      (error: HermesError) => error,
    );
    assert.doesNotMatch(inspect(error, { depth: 9 }), /canary/);
    server.clock.advance(10_000); // Over the pause after 429.
  }
});
