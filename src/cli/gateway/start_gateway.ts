import { join } from "node:path";
import { loadIdentity } from "../../agent/identity.ts";
import type { Config } from "../../config/load_config.ts";
import type { Access } from "../../config/require_mattermost.ts";
import { HermesError } from "../../errors.ts";
import type { GatewayStatus, LiveStatus } from "../../gateway/gateway_status.ts";
import type { ExchangeDeps } from "../../gateway/exchange_deps.ts";
import { type GatewayDeps, runGateway } from "../../gateway/gateway.ts";
import { Ledger } from "../../gateway/ledger.ts";
import { followDelivered } from "../../gateway/outbox/follow_delivered.ts";
import { PersonZones } from "../../gateway/person_zones.ts";
import { readUnfinishedPosts } from "../../gateway/unfinished_posts.ts";
import type { ReplyModes } from "../../gateway/session_key.ts";
import { type Wake, WAKES_WAITING_MAX } from "../../gateway/wake.ts";
import { MattermostApi } from "../../mattermost/api.ts";
import { parseServerUrl, type ServerUrl } from "../../mattermost/base_url.ts";
import { listen } from "../../mattermost/listener.ts";
import { signIn } from "../../mattermost/sign_in.ts";
import type { ClientConfig, User } from "../../mattermost/types.ts";
import { untilAnswered } from "../../mattermost/until_answered.ts";
import type { DeliveryDeps } from "../../replies/deliver_post.ts";
import { OwnEchoes } from "../../replies/own_echoes.ts";
import type { Log } from "../../runtime/log.ts";
import type { Network } from "../../runtime/network.ts";
import type { Secret } from "../../runtime/secret.ts";
import { WaitingItems } from "../../runtime/waiting_items.ts";
import { openJsonSessionStore } from "../../sessions/json_session_store.ts";
import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import { type AgentHost, type AgentParts, composeAgent, promptSources } from "../compose_agent.ts";
import { composeCronCommands } from "../compose_job_desk.ts";
import { openCron } from "../compose_cron.ts";
import { type CallbackParts, openCallbacks } from "../compose_callbacks.ts";
import { composeCommands } from "../compose_commands.ts";
import { type Door, openDoor } from "../compose_door.ts";
import type { UsableModels } from "../compose_models.ts";
import { allowFiles, composeAttachments } from "../compose_attachments.ts";
import { openHooks } from "../compose_hooks.ts";
import {
  composeMessageSender,
  type HomeParts,
  openHome,
  openLifecycle,
  openOutbox,
  type OutboxParts,
} from "../compose_outbox.ts";
import { composeSessionLife } from "../compose_session_life.ts";
import { composeTurn, historyCharsMax } from "../compose_turn.ts";

/** Everything that one gateway needs from outside. `hermes gateway` and `hermes demo` differ in it. */
export interface GatewayHost extends Omit<AgentHost, "wake"> {
  readonly url: string;
  readonly token: Secret;
  readonly access: Access;
  readonly network: Network;
  readonly models: UsableModels;
  readonly status: LiveStatus;
  /** What the gateway before this one told last; `undefined` when there was none. */
  readonly earlier?: GatewayStatus | undefined;
}

/** Missed posts that are older are not answered any more. */
const POST_AGE_MS_MAX = 24 * 3_600_000;
/** Others see a typing notice for the server's interval; the next one comes a little earlier. */
const TYPING_SHARE = 0.8;

/** The address of the server is not one. */
export class ServerUrlError extends HermesError {
  override readonly name = "ServerUrlError";
  override readonly code = "config.server_url";

  constructor(problem: string) {
    super(`Cannot use MATTERMOST_URL: ${problem}`, {
      hint: "Set MATTERMOST_URL to the address that people open in the browser.",
    });
  }
}

/**
 * Runs one gateway until `stop` aborts; `cancel` ends the answers under way at once.
 * @throws a `HermesError` when it cannot start, or not go on.
 */
export async function startGateway(
  host: GatewayHost,
  signals: { readonly stop: AbortSignal; readonly cancel: AbortSignal },
): Promise<void> {
  const serverUrl = parseServerUrl(host.url);
  if ("problem" in serverUrl) throw new ServerUrlError(serverUrl.problem);
  const { clock, config, log, models, network, paths, random, status } = host;
  const model = models.chain.primary.modelId;
  status.note({ server: serverUrl.siteUrl, model, drainMs: config.gateway.drainMs });
  log("info", "gateway.starting", { server: serverUrl.restUrl, model });
  const api = new MattermostApi({ ...host, serverUrl, fetch: network.fetch });
  const deps = { api, clock, random, log };

  const [me, identity, ledger] = await Promise.all([
    signIn(deps, signals.stop),
    loadIdentity(paths.home),
    Ledger.open({ path: join(paths.stateFolder, "ledger.jsonl"), clock, log }),
  ]);
  const sessions = openJsonSessionStore({ folder: paths.sessionsFolder, clock, random, log });
  const wakes = new WaitingItems<Wake>(WAKES_WAITING_MAX);
  const { token } = host;
  const delivery = { ...deps, botUserId: me.id, pendingSecret: token, echoes: new OwnEchoes() };
  const readConfig = () => api.getClientConfig(signals.stop);
  const clientConfig = untilAnswered(readConfig, { msMax: Infinity }, deps, signals.stop);
  await using outbox = openOutbox({ ...host, ...delivery, clientConfig });
  await using home = await openHome(host, outbox, delivery);
  await using _life = openLifecycle(host, outbox, signals.stop);
  await using door = await openDoor(host);
  outbox.courier.whenDone((entry) => followDelivered(entry, door.threads));
  await using callbacks = await openCallbacks({ ...host, api, serverUrl, clientConfig, me });
  const messages = () => sender;
  const agent = composeAgent({ ...host, wake: wakeWith(wakes, log), messages });
  const sender = composeMessageSender(agent, outbox, { ...delivery, policy: door.policy });
  const cleared = agent.terminal.shells.prepare();
  try {
    reportAccess(me, host);
    const { listensTo } = door;
    const jobs = { agent, sessions, identity, delivery: outbox.courier, listensTo };
    await using _jobs = openCron(jobs, signals);
    await using _hooks = openHooks(agent, outbox);
    const opened = { ledger, sessions, wakes, agent, outbox, home, door, callbacks };
    const parts = { host, serverUrl, clientConfig, delivery, me, identity, ...opened };
    await runGateway(await composeGateway(parts, signals.stop), signals.cancel);
  } finally {
    await cleared;
    await agent.opened.disposeAsync();
    await Promise.all([sessions.close(), ledger.close()]);
  }
}

/** What is open or known once the bot has signed in. */
interface GatewayParts {
  readonly host: GatewayHost;
  readonly serverUrl: ServerUrl;
  readonly clientConfig: Promise<ClientConfig>;
  readonly delivery: DeliveryDeps;
  readonly me: User;
  readonly identity: string;
  readonly ledger: Ledger;
  readonly sessions: SessionStore;
  readonly wakes: WaitingItems<Wake>;
  readonly agent: AgentParts;
  readonly outbox: OutboxParts;
  readonly home: HomeParts;
  readonly door: Door;
  readonly callbacks: CallbackParts;
}

function wakeWith(wakes: WaitingItems<Wake>, log: Log) {
  return (sessionKey: SessionKey, text: string) => {
    const isTaken = wakes.push({ sessionKey, text });
    if (!isTaken) log("warn", "gateway.wake_lost", { session: sessionKey });
  };
}

/** Waits until the server has told what a gateway needs to know. */
async function composeGateway(parts: GatewayParts, stop: AbortSignal): Promise<GatewayDeps> {
  const { host, serverUrl, delivery, me, identity, ledger, sessions, wakes, agent } = parts;
  const { callbacks, door, home } = parts;
  const { clock, config, log, status } = host;
  const { api, echoes } = delivery;
  const bot = { userId: me.id, username: me.username };
  status.note({ bot });
  const [clientConfig, unfinished, sessionCount] = await Promise.all([
    parts.clientConfig,
    readUnfinishedPosts(ledger, { ...delivery, postAgeMsMax: POST_AGE_MS_MAX }, stop),
    sessions.count().catch(() => undefined), // Whoever writes first is told what is wrong.
  ]);
  status.note({ sessions: sessionCount });
  const turn = composeTurn(agent, "mattermost");
  const { life, setUpTurn } = composeSessionLife(agent, turn, sessions);
  const prompt = promptSources(agent, identity);
  const zones = new PersonZones({ ...delivery, ownZone: prompt.timeZone });
  const settings = exchangeSettings(host, clientConfig, agent);
  const cronCommands = composeCronCommands(agent, { ...settings, zones });
  const further = [...door.doorCommands, ...home.homeCommands, ...cronCommands];
  const composed = composeCommands({ ...parts, ...callbacks, life, api, bot, further });
  callbacks.register(composed.commands);
  return {
    events: listen(listenerDeps(host, serverUrl, api, me), stop),
    unfinished,
    wakes,
    callbacks: callbacks.callbacks,
    bot,
    policy: door.policy,
    threads: door.threads,
    strangers: door.strangers,
    ...composed,
    setUpTurn,
    onHeard: (message) => home.keeper.heard(message),
    ledger,
    echoes,
    exchange: {
      ...settings,
      turn,
      sessions,
      ledger,
      delivery,
      courier: parts.outbox.courier,
      listensTo: door.listensTo,
      zones,
      questions: callbacks.questions,
      prompt,
      attachments: composeAttachments(agent, api),
      outbound: { allowFile: allowFiles(agent), fileBytesMax: clientConfig.fileBytesMax },
    },
    busy: {
      mode: config.display.busyInputMode,
      modeForOthers: config.display.busyInputModeOthers,
      burstMs: config.display.busyDebounceMs,
      tells: config.display.busyAcks,
    },
    drainMs: config.gateway.drainMs,
    status,
    clock,
    log,
  };
}

/** Says at the start what would otherwise be found out the hard way. */
function reportAccess(me: User, { access, config, log }: GatewayHost): void {
  log("info", "gateway.signed_in", { bot: me.username, userId: me.id });
  if (access.kind === "everyone") {
    log("warn", "gateway.everyone_allowed", {
      hint: "Everyone on the server may talk to the bot: list people in MATTERMOST_ALLOWED_USERS.",
    });
  }
  const isPairing = config.mattermost.unauthorizedDm === "pair";
  if (access.kind === "listed" && access.userIds.size === 0 && !isPairing) {
    log("warn", "gateway.nobody_allowed", {
      hint:
        "Nobody is answered: set MATTERMOST_ALLOWED_USERS to the ids of the people who may talk to the bot.",
    });
  }
  if (!me.is_bot) {
    log("warn", "gateway.token_of_a_person", {
      hint: `The token belongs to ${me.username}, who cannot talk to the bot: use a bot account.`,
    });
  }
  if (me.roles.split(" ").includes("system_admin")) {
    log("warn", "gateway.token_of_an_administrator", {
      hint: "Give the bot the role of a member.",
    });
  }
}

function listenerDeps(host: GatewayHost, serverUrl: ServerUrl, api: MattermostApi, me: User) {
  return {
    ...host,
    api,
    serverUrl,
    openSocket: host.network.openSocket,
    socketAuthentication: "header",
    botUserId: me.id,
    statePath: join(host.paths.stateFolder, "listener.json"),
    postAgeMsMax: POST_AGE_MS_MAX,
  } as const;
}

/** How messages are answered: in groups as the settings treat them. */
function replyModes({ replyMode, dmReplyMode, groupMessages }: Config["mattermost"]): ReplyModes {
  const dm = dmReplyMode ?? replyMode;
  const group = groupMessages === "dm" ? dm : replyMode;
  return { dm, group, private: replyMode, public: replyMode };
}

function exchangeSettings(
  host: GatewayHost,
  clientConfig: ClientConfig,
  agent: AgentParts,
): Omit<
  ExchangeDeps,
  | "turn"
  | "sessions"
  | "ledger"
  | "delivery"
  | "questions"
  | "prompt"
  | "attachments"
  | "outbound"
  | "listensTo"
  | "zones"
> {
  const { config } = host;
  return {
    sessionOptions: {
      groupSessionsPerUser: config.sessions.groupPerUser,
      threadSessionsPerUser: config.sessions.threadPerUser,
      replyModes: replyModes(config.mattermost),
    },
    channelPrompts: new Map(Object.entries(config.mattermost.channelPrompts)),
    runesMax: clientConfig.postRunesMax,
    typingIntervalMs: clientConfig.typingEnabled
      ? Math.round(clientConfig.typingIntervalMs * TYPING_SHARE)
      : 0,
    reactions: config.mattermost.reactions,
    streaming: config.streaming.enabled,
    interimMessages: config.display.interimMessages,
    toolProgress: config.display.toolProgress,
    toolPreviewCharsMax: config.display.toolPreviewCharsMax,
    freshAfterMs: config.streaming.freshAfterMs,
    notifyIntervalMs: config.agent.notifyIntervalMs,
    showsReasoning: config.display.showReasoning,
    redact: agent.redact,
    historyCharsMax: historyCharsMax(agent.models.chain),
  };
}
