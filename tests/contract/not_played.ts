/** Why the sandbox does not play a recording, and which ones: names, or beginnings with a `*`. */
const REASONS: readonly [reason: string, names: readonly string[]][] = [
  ["dialogs are opened by nobody", [
    "rest-action-click-for-dialog",
    "rest-dialog-*",
    "ws-open-dialog",
  ]],
  ["what the commands of the server itself do is no business of a bot", [
    "rest-command-execute-builtin-*",
  ]],
  ["the clock of the contract stands still", ["rest-command-execute-timeout-500"]],
  ["an administrator's work; the sandbox does it through `admin`", [
    "rest-bots-disable",
    "rest-bots-enable",
    "rest-bots-get-by-admin",
    "rest-roles-bot",
    "rest-token-disable",
    "rest-token-enable",
    "rest-token-revoke",
  ]],
  ["ephemeral posts are for administrators and plugins", [
    "rest-post-ephemeral-admin",
    "ws-ephemeral-*",
  ]],
  ["nothing a chat bot asks for", [
    "rest-custom-status-*",
    "rest-file-preview",
    "rest-file-preview-text-400",
    "rest-file-thumbnail",
    "rest-file-thumbnail-text-400",
    "rest-posts-search-bot",
    "rest-preferences-me",
    "rest-uploads-*",
    "rest-users-autocomplete",
    "rest-users-autocomplete-name-only",
    "rest-users-image",
    "rest-users-search",
    "rest-users-sessions-bot",
  ]],
  ["the sandbox sends no protocol pings: on a loopback no line goes dead", [
    "ws-no-pong-timeout",
    "ws-no-pong-with-app-pings-timeout",
    "ws-server-protocol-pings",
  ]],
  ["the sandbox applies the status of a lost connection at once, not after the next one", [
    "ws-status-after-quick-reconnect",
  ]],
  ["events that no client of ours acts on", [
    "ws-bot-display-name-changed",
    "ws-channel-converted",
    "ws-channel-restored",
    "ws-channel-updated",
    "ws-channel-viewed",
    "ws-config-changed",
    "ws-post-unread",
    "ws-posted-ack-param",
    "ws-team-join-by-other",
    "ws-team-remove-bot",
  ]],
  ["100 MiB over the wire; played with a lower limit as rest-file-upload-too-large-413", [
    "rest-file-upload-multipart-100mib-plus-1-413",
  ]],
];

/** The reason for each recording that is not played. */
export function reasonNotPlayed(name: string): string | undefined {
  return REASONS.find(([, names]) => names.some((pattern) => matches(name, pattern)))?.[0];
}

/** Entries of the table that no recording matches. */
export function idleEntries(names: readonly string[]): string[] {
  return REASONS.flatMap(([, patterns]) => patterns)
    .filter((pattern) => !names.some((name) => matches(name, pattern)));
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
