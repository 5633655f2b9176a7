import { createRedactor } from "../../safety/redact.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, loadConfig } from "../../config/load_config.ts";
import { homePaths } from "../../config/paths.ts";
import { ModelChain } from "../../models/model_chain.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { Log, LogFields } from "../../runtime/log.ts";
import { createLog } from "../../runtime/log_sink.ts";
import { systemRandom } from "../../runtime/random.ts";
import { SandboxServer } from "../../sandbox/sandbox_server.ts";
import { SEEDED_BOT } from "../../sandbox/seed.ts";
import { composeMattermostNetwork, composeStatus, type Foundations } from "../compose.ts";
import { chooseDemoModel, type DemoModel, loadOwnConfig } from "./demo_model.ts";
import { type PostOutcome, readOutcome } from "./demo_outcome.ts";
import { type GatewayHost, startGateway } from "../gateway/start_gateway.ts";

/** A Mattermost in memory with a bot in it that answers. */
export interface DemoWorkspace extends AsyncDisposable {
  readonly server: SandboxServer;
  readonly answeredBy: DemoModel;
  /**
   * Resolves when the gateway is done with a post that was written in this same tick; rejects when
   * the gateway cannot go on.
   */
  outcomeOf(postId: string): Promise<PostOutcome>;
  /** Ends when the gateway does; rejects when it cannot go on. */
  readonly gatewayEnded: Promise<void>;
}

export interface DemoWorkspaceInput {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes each line of the log that is a warning or an error. */
  readonly warn: (line: string) => void;
}

/** Whom the bot answers. The others are there to be refused. */
const ALLOWED_PEOPLE = ["alice", "bob"];

/** Starts everything, and resolves when the bot listens. What is disposed leaves nothing behind. */
export async function openDemoWorkspace(
  input: DemoWorkspaceInput,
  signal: AbortSignal,
): Promise<DemoWorkspace> {
  await using opened = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), "hermes-demo-"));
  opened.defer(() => rm(home, { recursive: true, force: true }));

  const own = await loadOwnConfig(input.environment);
  const connected = Promise.withResolvers<void>();
  const waiting = new Map<string, (outcome: PostOutcome) => void>();
  const log = watchedLog(warningLog(input, own), {
    connected: connected.resolve,
    settled: (outcome) => waiting.get(outcome.postId)?.(outcome),
  });
  const foundations = { clock: systemClock, random: systemRandom, log };
  const server = await SandboxServer.start(foundations);
  opened.defer(() => server.close());

  const answeredBy = chooseDemoModel(own, foundations);
  const stop = new AbortController();
  const stopped = AbortSignal.any([stop.signal, signal]);
  const host = await demoHost(home, server, answeredBy.model, foundations);
  const gatewayEnded = startGateway(host, { stop: stopped, cancel: stopped });
  opened.defer(async () => {
    stop.abort();
    await gatewayEnded.catch(() => {}); // Whoever uses the workspace watches it.
  });
  await Promise.race([connected.promise, gatewayEnded]);

  const parts = opened.move();
  return {
    server,
    answeredBy,
    gatewayEnded,
    outcomeOf: async (postId) => {
      const settled = new Promise<PostOutcome>((resolve) => waiting.set(postId, resolve));
      const ended = gatewayEnded.then(() => ({ kind: "failed", postId }) as const);
      return await Promise.race([settled, ended]).finally(() => waiting.delete(postId));
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function warningLog({ warn }: DemoWorkspaceInput, own: Config | undefined): Log {
  return createLog({
    levelMin: "warn",
    clock: systemClock,
    outputs: [{ format: "text", color: false, write: warn }],
    redact: createRedactor({
      secrets: () => [own?.model.apiKey?.reveal() ?? ""],
      hidesPatterns: true,
    }),
  });
}

/** A log that also tells of what the demo waits for. */
function watchedLog(
  log: Log,
  tell: { readonly connected: () => void; readonly settled: (outcome: PostOutcome) => void },
): Log {
  return (level, event, fields = {}) => {
    if (!isSaidInChat(event, fields)) log(level, event, fields);
    if (event === "gateway.connected") tell.connected();
    const outcome = readOutcome(event, fields);
    if (outcome !== undefined) tell.settled(outcome);
  };
}

/** A failure with a name is told to the person who asked: the answer says what failed. */
function isSaidInChat(event: string, { code }: LogFields): boolean {
  return event === "exchange.failed" && code !== "bug";
}

/** Tools that would reach what the person has on this machine. */
const TOOLSETS_LEFT_OUT = "terminal, file";

/** A gateway on default settings: nothing of the person's own but the model reaches the demo. */
async function demoHost(
  home: string,
  server: SandboxServer,
  model: DemoModel["model"],
  foundations: Foundations,
): Promise<GatewayHost> {
  const { config } = await loadConfig({
    home,
    environment: {},
    flags: { "agent.disabled_toolsets": TOOLSETS_LEFT_OUT },
  });
  if (config === undefined) throw new Error("The default settings are not valid");
  return {
    ...foundations,
    url: server.url,
    token: server.token(SEEDED_BOT),
    access: {
      kind: "listed",
      userIds: new Set(ALLOWED_PEOPLE.map((name) => server.user(name).id)),
    },
    config,
    paths: homePaths(home),
    network: composeMattermostNetwork(config),
    models: { chain: new ModelChain([model], foundations.clock), auxiliary: () => model },
    environment: {},
    secrets: () => [],
    status: await composeStatus(home, foundations.clock),
  };
}
