/** What a refusal of the server means to us. */
export type ApiErrorKind =
  | "unauthorized"
  | "mfa_required"
  | "forbidden"
  | "not_found"
  | "root_gone"
  | "channel_archived"
  | "dm_restricted"
  | "message_too_long"
  | "too_many_files"
  | "body_too_large"
  | "edit_time_over"
  | "create_pending"
  | "upgrade_refused"
  | "rate_limited"
  | "unavailable"
  | "server_failed"
  | "refused";

export interface ApiErrorDescription {
  readonly kind: ApiErrorKind;
  /** What a person can do. */
  readonly hint: string;
}

/** Source: server 11.6, api4/post.go, app/post.go, app/channel.go, web/handlers.go; recorded bodies. */
const KIND_BY_ID: Readonly<Record<string, ApiErrorKind>> = {
  "api.context.session_expired.app_error": "unauthorized",
  "api.context.invalid_token.error": "unauthorized",
  "api.context.mfa_required.app_error": "mfa_required",
  "mfa_required": "mfa_required",
  "api.context.permissions.app_error": "forbidden",
  "api.post.create_post.root_id.app_error": "root_gone",
  "api.post.create_post.channel_root_id.app_error": "root_gone",
  "api.post.create_post.can_not_post_to_deleted.error": "channel_archived",
  "api.post.update_post.can_not_update_post_in_deleted.error": "channel_archived",
  "api.post.create_post.can_not_post_in_restricted_dm.error": "dm_restricted",
  "api.channel.create_channel.direct_channel.team_restricted_error": "dm_restricted",
  "model.post.is_valid.message_length.app_error": "message_too_long",
  "model.post.is_valid.file_ids.app_error": "too_many_files",
  "api.context.request_body_too_large.app_error": "body_too_large",
  "api.post.update_post.permissions_time_limit.app_error": "edit_time_over",
  "api.post.deduplicate_create_post.pending": "create_pending",
  "api.web_socket.connect.upgrade.app_error": "upgrade_refused",
};

const KIND_BY_STATUS: Readonly<Record<number, ApiErrorKind>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  413: "body_too_large",
  429: "rate_limited",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

const HINTS: Readonly<Record<ApiErrorKind, string>> = {
  unauthorized: "Check MATTERMOST_TOKEN: the token may be revoked, or the bot disabled.",
  mfa_required: "Use the token of a bot account: this server wants MFA from people.",
  forbidden: "Add the bot to the channel, and check that it may post there.",
  not_found: "Check that the post, channel or person still exists.",
  root_gone: "Post outside the thread: its first post was deleted.",
  channel_archived: "Unarchive the channel to go on there.",
  dm_restricted: "Add the bot to a team of this person, or allow messages to any user.",
  message_too_long: "Split the message: see MaxPostSize of the server.",
  too_many_files: "Attach at most 10 files to one post.",
  body_too_large: "Send less at once, or raise MaximumPayloadSizeBytes of the server.",
  edit_time_over: "Post the rest anew: this server ends the time for edits.",
  create_pending: "Wait: the server still works on the first try of this post.",
  upgrade_refused: "Let the proxy pass the headers Upgrade and Connection on to the server.",
  rate_limited: "Wait, or raise the rate limit of the server.",
  unavailable: "Check that the server runs, and what the proxy in front of it says.",
  server_failed: "Look into the log of the server for this request.",
  refused: "Look up the error id in the log of the server.",
};

/** Tells refusals apart by the server's error id, else by status; its words are in any language. */
export function describeApiError(status: number, id: string): ApiErrorDescription {
  const kind = KIND_BY_ID[id] ?? KIND_BY_STATUS[status] ??
    (status >= 500 ? "server_failed" : "refused");
  return { kind, hint: HINTS[kind] };
}
