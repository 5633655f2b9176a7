import assert from "node:assert/strict";
import { test } from "node:test";
import { MattermostApiError, UnexpectedAnswerError } from "../../src/mattermost/errors.ts";
import { remedyForCreate } from "../../src/replies/create_remedy.ts";
import { NetworkError } from "../../src/runtime/network_error.ts";

const apiError = (status: number, id: string, retryAfterMs = 0) =>
  new MattermostApiError({ action: "create a post", status, id, requestId: "", retryAfterMs });
const page = (status: number) =>
  new UnexpectedAnswerError({ action: "create a post", kind: "html", status });

const cases: readonly [name: string, error: unknown, kind: string][] = [
  [
    "500 while the first create is in flight",
    apiError(500, "api.post.deduplicate_create_post.pending"),
    "repeat",
  ],
  ["a timeout", new NetworkError("timeout", "http://mm"), "repeat"],
  ["a connection that was cut", new NetworkError("reset", "http://mm"), "repeat"],
  ["502 of a proxy", page(502), "repeat"],
  ["503 of the server", apiError(503, "api.context.server_busy.app_error"), "repeat"],
  ["any other 500", apiError(500, "app.post.save.app_error"), "reconcile"],
  ["a hardened 500 without an id", apiError(500, ""), "reconcile"],
  ["a refused connection", new NetworkError("refused", "http://mm"), "unsent"],
  ["an unknown host", new NetworkError("dns", "http://mm"), "unsent"],
  ["a deleted root", apiError(400, "api.post.create_post.root_id.app_error"), "flat"],
  [
    "a root of another channel",
    apiError(400, "api.post.create_post.channel_root_id.app_error"),
    "flat",
  ],
  ["a text over the limit", apiError(400, "model.post.is_valid.message_length.app_error"), "final"],
  ["403", apiError(403, "api.context.permissions.app_error"), "doubt"],
  [
    "an archived channel",
    apiError(400, "api.post.create_post.can_not_post_to_deleted.error"),
    "final",
  ],
  ["401", apiError(401, "api.context.session_expired.app_error"), "recheck"],
  ["413", apiError(413, "api.context.request_body_too_large.app_error"), "final"],
  ["the notice of a proxy with 200", page(200), "repeat"],
  ["a bug", new TypeError("x is not a function"), "final"],
];
for (const [name, error, kind] of cases) {
  test(`[C27] [C36] remedyForCreate() on ${name}: ${kind}`, () => {
    assert.equal(remedyForCreate(error).kind, kind);
  });
}

test("remedyForCreate() on 429 pauses for as long as the server says", () => {
  assert.deepEqual(remedyForCreate(apiError(429, "", 7_000)), { kind: "pause", delayMs: 7_000 });
});
