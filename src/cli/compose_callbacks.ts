import type { Config } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import { HermesError } from "../errors.ts";
import { type Callback, CALLBACKS_WAITING_MAX } from "../gateway/callbacks/callback.ts";
import { CallbackDoor, COMMAND_PATH, PRESS_PATH } from "../gateway/callbacks/callback_door.ts";
import { CommandBook } from "../gateway/callbacks/command_book.ts";
import { wantedCommands } from "../gateway/callbacks/native_commands.ts";
import { nativeHelpNote } from "../gateway/callbacks/native_texts.ts";
import { registerCommands, removeCommands } from "../gateway/callbacks/register_commands.ts";
import type { CommandRegistry } from "../gateway/commands/command_registry.ts";
import { PendingQuestions } from "../gateway/questions/pending_questions.ts";
import type { MattermostApi } from "../mattermost/api.ts";
import { CommandApi } from "../mattermost/command_api.ts";
import type { RestClientDeps } from "../mattermost/rest_client.ts";
import type { ClientConfig, User } from "../mattermost/types.ts";
import { untilAnswered } from "../mattermost/until_answered.ts";
import { type HttpListener, listenHttp } from "../runtime/http_listener.ts";
import type { Network } from "../runtime/network.ts";
import { WaitingItems } from "../runtime/waiting_items.ts";
import { commandAccess } from "./compose_commands.ts";

export interface CallbacksHost extends Omit<RestClientDeps, "fetch"> {
  readonly config: Config;
  readonly paths: HomePaths;
  readonly network: Network;
  readonly api: MattermostApi;
  readonly clientConfig: Promise<ClientConfig>;
  readonly me: User;
}

/** What the server calls us with, and what it takes to be called. */
export interface CallbackParts extends AsyncDisposable {
  readonly callbacks: WaitingItems<Callback>;
  /** Their buttons call us as well. */
  readonly questions: PendingQuestions;
  /** What the help says of slash commands of the server. */
  readonly nativeNote: () => string;
  /** Makes the slash commands on the server, beside everything else. */
  readonly register: (registry: CommandRegistry) => void;
}

/** Listens where the settings say so. That it cannot is no reason not to answer in the chat. */
export async function openCallbacks(host: CallbacksHost): Promise<CallbackParts> {
  const { config, log, me, network, paths } = host;
  const callbacks = new WaitingItems<Callback>(CALLBACKS_WAITING_MAX);
  const api = new CommandApi({ ...host, fetch: network.fetch });
  const book = await CommandBook.open(paths.stateFolder, log);
  const closing = new AbortController();
  const base = config.mattermost.callbackUrl?.replace(/\/+$/, "");
  const listener = base === undefined
    ? undefined
    : await listen(base, { host, book, callbacks, api }, closing.signal);
  let registering: Promise<void> = Promise.resolve();
  const isOpen = base !== undefined && listener !== undefined;
  const access = commandAccess(config);
  return {
    callbacks,
    questions: new PendingQuestions({
      admins: { dm: access.dm.admins, channel: access.channel.admins },
      buttonsUrl: isOpen ? base + PRESS_PATH : undefined,
    }),
    nativeNote: () => nativeHelpNote(book.made, book.problems),
    register(registry) {
      const bot = { userId: me.id, username: me.username };
      const deps = { api, book, bot, url: `${base}${COMMAND_PATH}`, log };
      const work = base === undefined
        ? takeBack(deps, closing.signal)
        : registerEverywhere(registry, host, deps, closing.signal);
      registering = work.catch((error) => {
        const isOver = closing.signal.aborted || error instanceof HermesError;
        log(isOver ? "warn" : "error", "native.not_registered", { error: String(error) });
      });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await registering;
      await listener?.[Symbol.asyncDispose]();
    },
  };
}

async function listen(
  base: string,
  { host, book, callbacks, api }: {
    readonly host: CallbacksHost;
    readonly book: CommandBook;
    readonly callbacks: WaitingItems<Callback>;
    readonly api: CommandApi;
  },
  signal: AbortSignal,
): Promise<HttpListener | undefined> {
  const { clientConfig, clock, config, log } = host;
  const signingKey = clientConfig.then((known) => known.signingKey);
  signingKey.catch(() => {}); // Whoever needs it is told.
  const door = new CallbackDoor({
    basePath: new URL(base).pathname.replace(/\/+$/, ""),
    signingKey,
    commands: () => book.made,
    callbacks,
    sayLater: (hookId, text) => api.sayLater(hookId, text, signal),
    clock,
    log,
  });
  const address = config.mattermost.callbackListen;
  try {
    const listener = await listenHttp({ ...address, answer: door.answer, clock, log });
    log("info", "callback.listening", { host: address.host, port: listener.port });
    return listener;
  } catch (error) {
    if (!(error instanceof HermesError)) throw error;
    log("error", "callback.not_listening", { error: error.message, hint: error.hint });
    return undefined;
  }
}

/** Without an address nobody would answer them. */
async function takeBack(
  deps: Parameters<typeof registerCommands>[2],
  signal: AbortSignal,
): Promise<void> {
  const commands = deps.book.made.length;
  if (deps.book.problems.length > 0) await deps.book.report([]);
  if (commands === 0) return;
  const left = await removeCommands(deps, signal);
  deps.log("info", "native.removed", { commands, left });
}

async function registerEverywhere(
  registry: CommandRegistry,
  host: CallbacksHost,
  deps: Parameters<typeof registerCommands>[2],
  signal: AbortSignal,
): Promise<void> {
  const getTeams = () => host.api.getMyTeams(signal);
  const teams = await untilAnswered(getTeams, { msMax: Infinity }, host, signal);
  await registerCommands(wantedCommands(registry), teams, deps, signal);
}
