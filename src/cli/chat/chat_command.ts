import process from "node:process";
import { text as readAll } from "node:stream/consumers";
import { loadIdentity } from "../../agent/identity.ts";
import type { Config } from "../../config/load_config.ts";
import { HermesError } from "../../errors.ts";
import { systemClock } from "../../runtime/clock.ts";
import { silentLog } from "../../runtime/log.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { systemRandom } from "../../runtime/random.ts";
import type { Wake } from "../../tools/terminal/background_jobs.ts";
import { unknownToolsets } from "../../tools/toolsets.ts";
import { composeAgent, promptSources } from "../compose_agent.ts";
import { NoModelError } from "../compose.ts";
import { serverNames } from "../compose_mcp.ts";
import { composeModels } from "../compose_models.ts";
import { composeTurn } from "../compose_turn.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { ENDPOINT_KEYS } from "../model/endpoint_keys.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { renderError } from "../render_error.ts";
import { KeptSessions } from "../sessions/kept_sessions.ts";
import { runChat } from "./chat.ts";
import { ChatSessions, type OpenSession, type WantedSession } from "./chat_sessions.ts";
import type { ChatParts } from "./conversation.ts";
import { answerOnce } from "./one_answer.ts";
import { withImage } from "./read_image.ts";

export interface ChatOptions {
  readonly query?: string;
  readonly json?: boolean;
  readonly image?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly toolsets?: string;
  readonly maxTurns?: string;
  readonly yolo?: boolean;
  readonly continue?: boolean;
  readonly resume?: string;
}

/** What a chat and a single question begin with. */
export interface OpenChat {
  readonly parts: ChatParts;
  readonly chats: ChatSessions;
  /** The conversation to begin with; whoever takes it closes it. */
  readonly first: OpenSession;
  /** Takes what background jobs report, from now on. */
  readonly listen: (wake: Wake) => void;
}

/** `hermes chat`. Gives the exit code. */
export async function runChatCommand(options: ChatOptions, io: CliIo): Promise<number> {
  const isInteractive = options.query === undefined;
  if (isInteractive && !(process.stdin.isTTY === true && io.outTerminal.isTty)) {
    io.err('There is no terminal to talk in. Ask one question with hermes chat -q "…".');
    return EXIT.usage;
  }
  if (isInteractive && (options.image !== undefined || options.json === true)) {
    io.err("--image and --json go with --query.");
    return EXIT.usage;
  }
  const loaded = await loadUsableConfig(io, flagsOf(options), ignoredWith(options));
  if (loaded === undefined) return EXIT.config;
  const config = withToolsets(loaded.config, options.toolsets);
  const named = { ...config.tools, byPlatform: { cli: namesOf(options) } };
  const unknown = unknownToolsets(named, serverNames(config));
  if (options.toolsets !== undefined && unknown.length > 0) {
    io.err(`There is no set of tools called "${unknown[0]}". See them with hermes tools.`);
    return EXIT.usage;
  }
  const query = options.query === "-" ? await readAll(process.stdin) : options.query;
  if (query?.trim() === "") {
    io.err("The question is empty: give it behind --query, or on the standard input with -q -.");
    return EXIT.usage;
  }
  const signals = listenForStopSignals(["SIGHUP"]);
  try {
    await using opened = await openChat({ ...loaded, config }, options, io);
    if (query === undefined) return await runChat(opened, io, signals.stop);
    const question = options.image === undefined
      ? { text: query }
      : await withImage({ text: query }, options.image, opened.parts.agent, signals.stop);
    return await answerOnce(question, { json: options.json === true }, opened, io, signals.stop);
  } catch (error) {
    if (!(error instanceof HermesError)) throw error;
    io.err(renderError(error));
    return error instanceof NoModelError ? EXIT.config : EXIT.failure;
  } finally {
    signals.dispose();
  }
}

function flagsOf({ model, provider, maxTurns, yolo }: ChatOptions) {
  const flags = {
    "model.default": model,
    "model.provider": provider,
    "agent.max_turns": maxTurns,
    "approvals.mode": yolo === true ? "off" : undefined,
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

/** Another provider is at another address, and must not get this one's key. */
function ignoredWith({ provider }: ChatOptions): ReadonlySet<string> {
  return new Set(provider === undefined ? [] : ENDPOINT_KEYS);
}

function namesOf({ toolsets }: ChatOptions): readonly string[] {
  return (toolsets ?? "all").split(",").map((name) => name.trim()).filter((name) => name !== "");
}

function withToolsets(config: Config, toolsets: string | undefined): Config {
  if (toolsets === undefined) return config;
  const byPlatform = { ...config.tools.byPlatform, cli: namesOf({ toolsets }) };
  return { ...config, tools: { ...config.tools, byPlatform } };
}

async function openChat(
  { config, paths }: NonNullable<Awaited<ReturnType<typeof loadUsableConfig>>>,
  options: ChatOptions,
  io: CliIo,
): Promise<OpenChat & AsyncDisposable> {
  const foundations = { clock: systemClock, random: systemRandom, log: silentLog };
  const models = composeModels(config, foundations);
  let wake: Wake = () => {}; // A single question is answered before a job has ended.
  const agent = composeAgent({
    ...foundations,
    config,
    paths,
    models,
    environment: io.environment,
    secrets: () => models.apiKeys.map((key) => key.reveal()),
    wake: (key, text) => wake(key, text),
    searchedFolder: paths.terminalSessionsFolder,
    startFolder: process.cwd(),
  });
  const chats = new ChatSessions({ ...foundations, paths, kept: new KeptSessions(io) });
  const first = await chats.open(await chats.find(wantedSession(options)));
  const prompt = promptSources(agent, await loadIdentity(paths.home));
  return {
    parts: { agent, turn: composeTurn(agent, "cli"), prompt },
    chats,
    first,
    listen: (listener) => wake = listener,
    [Symbol.asyncDispose]: async () => {
      await agent.opened.disposeAsync();
      await first.close();
    },
  };
}

function wantedSession({ resume, continue: goesOn }: ChatOptions): WantedSession {
  if (resume !== undefined) return { kind: "named", name: resume };
  return goesOn === true ? { kind: "newest" } : { kind: "new" };
}
