import { MattermostApi } from "../../mattermost/api.ts";
import { checkToken, type TokenCheck } from "../../mattermost/check_token.ts";
import type { User } from "../../mattermost/types.ts";
import { silentLog } from "../../runtime/log.ts";
import type { Secret } from "../../runtime/secret.ts";
import { composeMattermostNetwork } from "../compose.ts";
import { botAccountSteps } from "./bot_account_steps.ts";
import { readSecret } from "./read_secret.ts";
import type { SettledServer } from "./server_question.ts";
import type { SetupContext } from "./setup_context.ts";
import { judgeFailure, sayProblem, settle, type Verdict } from "./settle.ts";

/** The account of the bot, on a server that answers. */
export interface BotAccess {
  readonly token: Secret;
  readonly api: MattermostApi;
  readonly me: User;
}

/** A token, and what it opens; without the latter nobody could ask the server. */
interface SettledToken {
  readonly token: Secret;
  readonly access: (BotAccess & { readonly check: WorkingToken }) | undefined;
}

type WorkingToken = Extract<TokenCheck, { readonly me: User }>;

/**
 * Asks for the bot's token and tries it. Leaves it in the draft. `undefined` when it could not be
 * tried.
 */
export async function askToken(
  server: SettledServer,
  context: SetupContext,
): Promise<BotAccess | undefined> {
  const { draft, given, prompter } = context;
  const current = (await draft.config()).mattermost.token;
  if (given.token === undefined && current !== undefined && prompter.isInteractive) {
    const kept = await offerCurrent(current, server, context);
    // One that this shell alone knows is worth a place in .env.
    const isExported = context.environment.MATTERMOST_TOKEN?.trim() === current.reveal();
    if (kept !== undefined && isExported) draft.set("mattermost.token", current, "***");
    if (kept !== undefined) return kept.access;
  }
  if (given.token === undefined && prompter.isInteractive) {
    prompter.page("A bot account for Hermes", botAccountSteps(server.serverUrl));
  }
  for (;;) {
    const { token, access } = await settleToken(current, server, context);
    if (access !== undefined && !await acceptsAccount(access.check, context)) continue;
    const shown = access === undefined ? "***" : `*** (@${access.me.username})`;
    draft.set("mattermost.token", token, shown);
    return access;
  }
}

/** The token of the settings, if it works and the person wants to keep it. */
async function offerCurrent(
  current: Secret,
  server: SettledServer,
  context: SetupContext,
): Promise<SettledToken | undefined> {
  const { prompter } = context;
  const untried: SettledToken = { token: current, access: undefined };
  const offered = server.isKnown ? await tryCurrent(current, server, context) : untried;
  if (offered === undefined) return undefined;
  const name = offered.access === undefined ? "not tried" : `works: @${offered.access.me.username}`;
  const isKept = await prompter.choose({
    message: "Token of the bot",
    options: [
      { value: true, label: `Keep the current token (${name})` },
      { value: false, label: "Enter another one" },
    ],
  });
  if (!isKept) return undefined;
  const kept = server.isKnown ? offered : await tryCurrent(current, server, context);
  if (kept?.access !== undefined) warnOfAccount(kept.access.check, context);
  return kept;
}

/** `undefined` when it does not work, which has been said then. */
async function tryCurrent(
  current: Secret,
  server: SettledServer,
  context: SetupContext,
): Promise<SettledToken | undefined> {
  if (!server.isReached) return { token: current, access: undefined };
  const { prompter } = context;
  const ask = (signal: AbortSignal) => tryToken(current, server, context, signal);
  const verdict = await prompter.busy("Trying the current token", ask);
  if (verdict.kind === "good") return verdict.answer;
  sayProblem(verdict, prompter);
  return undefined;
}

function settleToken(
  current: Secret | undefined,
  server: SettledServer,
  context: SetupContext,
): Promise<SettledToken> {
  const { given, prompter } = context;
  const known = given.token ?? (prompter.isInteractive ? undefined : current);
  return settle<string, SettledToken>({
    given: known?.reveal(),
    ask: () => prompter.secret("Token of the bot"),
    doing: server.isReached ? "Trying the token" : undefined,
    check: async (typed, signal) => {
      const read = readSecret(typed, "The token");
      if (read.kind === "malformed") return { ...read, remedy: "" };
      if (read.kind === "empty") return EMPTY_TOKEN;
      if (server.isReached) return await tryToken(read.secret, server, context, signal);
      return { kind: "good", answer: { token: read.secret, access: undefined } };
    },
  }, prompter);
}

const EMPTY_TOKEN = {
  kind: "malformed",
  problem: "The token is empty",
  remedy: "Paste the token; it does not show.",
} as const;

async function tryToken(
  token: Secret,
  { serverUrl }: SettledServer,
  { clock, draft, random }: SetupContext,
  signal: AbortSignal,
): Promise<Verdict<SettledToken>> {
  const { fetch } = composeMattermostNetwork(await draft.config());
  const api = new MattermostApi({ serverUrl, token, fetch, clock, random, log: silentLog });
  const check = await checkToken(api, signal);
  switch (check.kind) {
    case "bot":
    case "person": {
      const { me } = check;
      const says = check.kind === "bot" ? `The server knows the bot as @${me.username}` : undefined;
      const answer = { token, access: { token, api, me, check } };
      return { kind: "good", answer, ...(says === undefined ? {} : { says }) };
    }
    case "refused":
      return {
        kind: "refused",
        problem: "The server does not accept this token",
        remedy:
          "Copy the token itself and not its id, or make a new one; the bot has to be enabled.",
      };
    case "mfa_required":
      return { kind: "refused", problem: check.error.message, remedy: check.error.hint };
    case "failed":
      return judgeFailure(check.error, { token, access: undefined });
  }
}

/** Whether the person wants this account, which may not be a good one for a bot. */
async function acceptsAccount(check: WorkingToken, context: SetupContext): Promise<boolean> {
  const { given, prompter } = context;
  warnOfAccount(check, context);
  if (check.kind === "bot" || given.token !== undefined || !prompter.isInteractive) return true;
  return await prompter.confirm("Use it all the same?", false);
}

function warnOfAccount(check: WorkingToken, { prompter }: SetupContext): void {
  const { kind, me: { username }, isAdministrator } = check;
  if (kind === "person") {
    const text = `This token belongs to a person, not a bot: @${username} cannot talk to it.`;
    prompter.say("warning", text);
  }
  if (isAdministrator) {
    const text =
      `@${username} administers the server, which is more than a bot should: make it a member.`;
    prompter.say("warning", text);
  }
}
