import { MattermostApi } from "../../mattermost/api.ts";
import { checkToken, type TokenCheck } from "../../mattermost/check_token.ts";
import { UnexpectedAnswerError } from "../../mattermost/errors.ts";
import { probeSocket } from "../../mattermost/probe_socket.ts";
import type { ClientConfig, User } from "../../mattermost/types.ts";
import { silentLog } from "../../runtime/log.ts";
import type { Secret } from "../../runtime/secret.ts";
import { type Check, failure, failureOf, type Look, ok, skipped, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";
import { formatBytes } from "./format_bytes.ts";
import { nginxBlock } from "./nginx_block.ts";
import type { ReachedServer } from "./server_checks.ts";

/** A bot that the server knows, and what it can be asked with. */
export interface KnownBot {
  readonly server: ReachedServer;
  readonly token: Secret;
  readonly api: MattermostApi;
  readonly me: User;
}

const TOKEN_SETTING = { settings: ["mattermost.token"] };
const NAME = "token";

/** Whose the token is, and whether it is one for a bot. */
export async function checkAccount(
  server: ReachedServer | undefined,
  input: DoctorInput,
  signal: AbortSignal,
): Promise<Look<KnownBot>> {
  const { token } = input.loaded.draft.mattermost;
  if (token === undefined) return nobody(skipped([NAME], "There is no token"));
  if (server === undefined) return nobody(skipped([NAME], "The server was not reached"));
  const { serverUrl, network } = server;
  const deps = { ...input, serverUrl, token, fetch: network.fetch, log: silentLog };
  const api = new MattermostApi(deps);
  const checked = await checkToken(api, signal);
  const checks = judgeToken(checked, token);
  return "me" in checked
    ? { checks, found: { server, token, api, me: checked.me } }
    : nobody(checks);
}

function nobody(checks: readonly Check[]): Look<KnownBot> {
  return { checks, found: undefined };
}

function judgeToken(checked: TokenCheck, token: Secret): readonly Check[] {
  switch (checked.kind) {
    case "refused":
      return [refusedToken(token)];
    case "mfa_required":
      return [failure(
        NAME,
        "The token belongs to a person, and this server wants MFA from people",
        checked.error.hint,
        TOKEN_SETTING,
      )];
    case "failed":
      return [failureOf(NAME, checked.error, TOKEN_SETTING)];
    case "bot":
    case "person":
      return [judgeOwner(checked), ...checkRights(checked)];
  }
}

/** The server says the same of every token that does not work. */
function refusedToken(token: Secret): Check {
  const { length } = token.reveal();
  const isShaped = /^[a-z0-9]{26}$/.test(token.reveal());
  const message = isShaped
    ? "The server does not accept the token: it is revoked or mistyped, or its bot is disabled"
    : `The server does not accept the token, which has ${length} characters in place of 26 small letters and digits`;
  const remedy =
    "Create a token in the integrations of Mattermost under Bot Accounts, and set MATTERMOST_TOKEN to it, not to its id.";
  return failure(NAME, message, remedy, TOKEN_SETTING);
}

function judgeOwner({ kind, me }: Extract<TokenCheck, { me: User }>): Check {
  if (kind === "bot") return ok(NAME, `The server knows the bot as @${me.username}`, TOKEN_SETTING);
  return warning(
    NAME,
    `The token belongs to @${me.username}, a person, who cannot talk to the bot`,
    "Create a bot account and use its token.",
    TOKEN_SETTING,
  );
}

function checkRights({ isAdministrator, me }: Extract<TokenCheck, { me: User }>): readonly Check[] {
  if (!isAdministrator) return [];
  const message =
    `@${me.username} is an administrator of the server, which is more than a bot needs`;
  return [warning("rights", message, "Give the bot the role of a member.")];
}

const NGINX_REMEDY =
  "Put this into the server block of nginx, above its other locations, and reload it.";

/** Whether events arrive, also through a proxy. */
export async function checkSocket(
  bot: KnownBot | undefined,
  { clock }: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const name = "socket";
  if (bot === undefined) return skipped([name], "The bot could not log in");
  const { server: { network, serverUrl }, token, api } = bot;
  const probe = await probeSocket(
    { serverUrl, token, api, openSocket: network.openSocket, clock },
    signal,
  );
  switch (probe.kind) {
    case "hello":
      return [ok(name, "The server says hello on the socket")];
    case "upgrade_dropped": {
      const message =
        "A proxy in front of the server drops the headers Upgrade and Connection, so no socket opens";
      return [failure(name, message, NGINX_REMEDY, { paste: nginxBlock(serverUrl) })];
    }
    case "token_dropped":
      return [failure(
        name,
        "The socket opens without the token: a proxy in front of the server drops the header Authorization",
        'Let it pass Authorization on: in nginx, take proxy_set_header Authorization "" out.',
      )];
    case "silent":
      return [failure(
        name,
        "The socket opens, and the server says nothing on it",
        "Look into the log of the server, and try without what stands in front of it.",
      )];
    case "failed": {
      // Other requests reach the server: only the path of the socket leads elsewhere.
      const isAstray = probe.error instanceof UnexpectedAnswerError;
      if (!isAstray) return [failureOf(name, probe.error)];
      const { message } = probe.error;
      return [failure(name, message, NGINX_REMEDY, { paste: nginxBlock(serverUrl) })];
    }
  }
}

/** How much posts and files may hold. Only somebody with a token is told. */
export async function checkLimits(
  bot: KnownBot | undefined,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const name = "limits";
  if (bot === undefined) return skipped([name], "The bot could not log in");
  return [judgeLimits(name, await bot.api.getClientConfig(signal))];
}

function judgeLimits(
  name: string,
  { postRunesMax, fileBytesMax, filesEnabled }: ClientConfig,
): Check {
  const posts = `A post holds ${postRunesMax} characters`;
  if (!filesEnabled) {
    const message = `${posts}, and the server takes no files`;
    return warning(name, message, "Set EnableFileAttachments on the server to exchange files.");
  }
  return ok(name, `${posts}, a file ${formatBytes(fileBytesMax)}`);
}
