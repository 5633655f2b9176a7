import type { Config } from "../config/load_config.ts";
import { HermesError } from "../errors.ts";
import { LiveStatus } from "../gateway/gateway_status.ts";
import { createModelClient } from "../models/ai_sdk_client.ts";
import {
  chooseModel,
  type ChosenModel,
  type ModelSettings,
  type NoModel,
} from "../models/choose_model.ts";
import type { ModelClient } from "../models/model_client.ts";
import { trustedCertificates } from "../runtime/certificates.ts";
import type { Clock } from "../runtime/clock.ts";
import { createNetwork } from "../runtime/connect_network.ts";
import type { Log } from "../runtime/log.ts";
import type { Network } from "../runtime/network.ts";
import { ownProcessId } from "../runtime/process_id.ts";
import { chooseProxy, type ProxySettings } from "../runtime/proxy.ts";
import type { Random } from "../runtime/random.ts";
import type { Secret } from "../runtime/secret.ts";
import { VERSION } from "./version.ts";

/** What everything else stands on. */
export interface Foundations {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** No model can be used with these settings. */
export class NoModelError extends HermesError {
  override readonly name = "NoModelError";
  override readonly code = "model.none";

  constructor(problem: string, hint: string) {
    super(`Cannot choose a model: ${problem}`, { hint });
  }
}

/** The status of a gateway that this process starts. */
export async function composeStatus(home: string, clock: Clock): Promise<LiveStatus> {
  const startedAtMs = clock.nowMs();
  return new LiveStatus({ ...await ownProcessId(), version: VERSION, startedAtMs, home });
}

/** The way to Mattermost: with its own CA and its own proxy, if there are any. */
export function composeMattermostNetwork(config: Config): Network {
  return composeNetwork(config, mattermostProxies(config));
}

/** The proxy on the way to an address of Mattermost; `undefined` for the direct way. */
export function chooseMattermostProxy(config: Config, url: string): string | undefined {
  return chooseProxy(url, mattermostProxies(config));
}

function mattermostProxies(config: Config): ProxySettings {
  return proxySettings(config, { override: config.mattermost.proxy?.reveal(), direct: [] });
}

/** A model and the key that it is asked with, for the log to leave out. */
export interface ComposedModel {
  readonly client: ModelClient;
  /** Provider, address and model: what tells one from another. */
  readonly name: string;
  readonly apiKey: Secret;
}

/** In what a model differs from the one that answers. */
export interface ModelRole {
  readonly settings?: Partial<ModelSettings>;
  readonly totalTimeoutMs?: number | undefined;
  /** Whether another model stands ready: then it is not worth waiting for a limit to pass. */
  readonly hurries?: boolean;
}

/** The model that the settings name. @throws NoModelError */
export function composeModel(
  config: Config,
  foundations: Foundations,
  role: ModelRole = {},
): ComposedModel {
  const settings = { ...modelSettings(config, role.settings?.model), ...role.settings };
  const chosen = chooseModel(settings, config.environment.get);
  if (chosen.kind === "no_model") throw new NoModelError(chosen.problem, chosen.hint);
  const own = config.providers.timeouts[chosen.providerId];
  const limits = {
    firstTokenMsMax: config.model.firstTokenTimeoutMs,
    idleMsMax: own?.idleTimeoutMs ?? config.model.idleTimeoutMs,
    totalMsMax: role.totalTimeoutMs ?? own?.totalTimeoutMs ?? config.model.totalTimeoutMs,
    retriesMax: config.agent.apiRetriesMax,
    rateLimitRetriesMax: Math.min(config.agent.apiRetriesMax, role.hurries === true ? 1 : Infinity),
  };
  const { fetch } = composeModelNetwork(config);
  const client = createModelClient(chosen, { ...foundations, fetch, limits });
  const name = `${chosen.providerId} ${chosen.baseUrl} ${chosen.modelId}`;
  return { client, name, apiKey: chosen.apiKey };
}

/** Which model the settings name, or why they name none. */
export function chooseConfiguredModel(config: Config): ChosenModel | NoModel {
  return chooseModel(modelSettings(config), config.environment.get);
}

/** The way to the models: through the proxy of the environment, if there is one. */
export function composeModelNetwork(config: Config): Network {
  const own = { override: undefined, direct: THIS_MACHINE };
  return composeNetwork(config, proxySettings(config, own));
}

/**
 * The way to the releases of Hermes. Settings with mistakes are in nobody's way here: a newer version
 * may be what helps. Then the proxies of the environment count.
 */
export function composeReleaseNetwork(
  config: Config | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Network {
  if (config !== undefined) {
    return composeNetwork(config, proxySettings(config, { override: undefined, direct: [] }));
  }
  const proxies = {
    httpProxy: environment.HTTP_PROXY || environment.http_proxy,
    httpsProxy: environment.HTTPS_PROXY || environment.https_proxy,
    noProxy: environment.NO_PROXY || environment.no_proxy,
  };
  return createNetwork({
    certificates: trustedCertificates({ caFile: undefined }),
    proxyFor: (url) => chooseProxy(url, proxies),
  });
}

/** No proxy of a company leads to a model server on the machine itself. */
const THIS_MACHINE = ["localhost", "127.0.0.0/8", "::1"];

function composeNetwork(config: Config, proxies: ProxySettings): Network {
  return createNetwork({
    certificates: trustedCertificates({ caFile: config.mattermost.caFile }),
    proxyFor: (url) => chooseProxy(url, proxies),
  });
}

function proxySettings(
  { network }: Config,
  own: { readonly override: string | undefined; readonly direct: readonly string[] },
): ProxySettings {
  return {
    override: own.override,
    httpProxy: network.httpProxy?.reveal(),
    httpsProxy: network.httpsProxy?.reveal(),
    noProxy: [...network.noProxy, ...own.direct].join(","),
  };
}

function modelSettings(config: Config, modelId = config.model.id): ModelSettings {
  const { model, providers } = config;
  return {
    model: modelId,
    provider: model.provider,
    baseUrl: model.baseUrl,
    apiKey: model.apiKey,
    apiMode: model.apiMode,
    contextTokensMax: model.contextTokensMax,
    outputTokensMax: model.outputTokensMax,
    reasoningEffort: config.agent.reasoningEffort,
    showsReasoning: config.display.showReasoning,
    seesImages: modelId === config.model.id ? config.media.modelSees : undefined,
    customProviders: providers.custom.map((custom) => ({
      ...custom,
      contextTokensMax: custom.contextTokensMax[modelId ?? custom.model ?? ""],
    })),
  };
}
