import assert from "node:assert/strict";
import { test } from "node:test";
import { describeApiError } from "../../src/mattermost/describe_api_error.ts";
import { MattermostApiError, UnexpectedAnswerError } from "../../src/mattermost/errors.ts";

const refusals: readonly [status: number, id: string, kind: string][] = [
  [400, "model.post.is_valid.message_length.app_error", "message_too_long"],
  [400, "api.post.create_post.root_id.app_error", "root_gone"],
  [400, "api.post.create_post.channel_root_id.app_error", "root_gone"],
  [400, "api.post.create_post.can_not_post_to_deleted.error", "channel_archived"],
  [400, "api.post.create_post.can_not_post_in_restricted_dm.error", "dm_restricted"],
  [403, "api.channel.create_channel.direct_channel.team_restricted_error", "dm_restricted"],
  [400, "model.post.is_valid.file_ids.app_error", "too_many_files"],
  [400, "api.post.update_post.permissions_time_limit.app_error", "edit_time_over"],
  [401, "api.context.session_expired.app_error", "unauthorized"],
  [401, "api.something.new.app_error", "unauthorized"],
  [403, "api.context.permissions.app_error", "forbidden"],
  [403, "api.context.mfa_required.app_error", "mfa_required"],
  [403, "", "forbidden"],
  [404, "app.post.get.app_error", "not_found"],
  [413, "api.context.request_body_too_large.app_error", "body_too_large"],
  [413, "", "body_too_large"],
  [429, "", "rate_limited"],
  [500, "api.post.deduplicate_create_post.pending", "create_pending"],
  [500, "app.post.save.app_error", "server_failed"],
  [500, "", "server_failed"],
  [502, "", "unavailable"],
  [503, "", "unavailable"],
  [400, "api.web_socket.connect.upgrade.app_error", "upgrade_refused"],
  [400, "api.context.invalid_param.app_error", "refused"],
];

for (const [status, id, kind] of refusals) {
  test(`[C36] describeApiError() takes ${status} ${id || "without an id"} for ${kind}`, () => {
    const description = describeApiError(status, id);
    assert.equal(description.kind, kind);
    assert.match(description.hint, /^[A-Z].*\.$/);
  });
}

test("[C36] MattermostApiError says what failed, by which error and in which request", () => {
  const error = new MattermostApiError({
    action: "create a post",
    status: 400,
    id: "api.post.create_post.root_id.app_error",
    requestId: "zdjbjg8rff88ddmx1ju9fqapqh",
    retryAfterMs: 0,
  });
  assert.equal(
    error.message,
    "Cannot create a post: Mattermost answered 400 " +
      "(api.post.create_post.root_id.app_error, request zdjbjg8rff88ddmx1ju9fqapqh)",
  );
  assert.equal(error.code, "mattermost.root_gone");
  const bare = new MattermostApiError({
    action: "create a post",
    status: 502,
    id: "",
    requestId: "",
    retryAfterMs: 0,
  });
  assert.equal(bare.message, "Cannot create a post: Mattermost answered 502");
});

test("[C37] UnexpectedAnswerError has another hint for each kind", () => {
  const kinds = ["html", "redirect", "not_json", "not_mattermost"] as const;
  const errors = kinds.map((kind) =>
    new UnexpectedAnswerError({ action: "read", kind, status: 200, location: "x.org/mm" })
  );
  assert.equal(new Set(errors.map(({ hint }) => hint)).size, kinds.length);
  assert.equal(new Set(errors.map(({ message }) => message)).size, kinds.length);
});
