import type { Secret } from "../runtime/secret.ts";
import type { Finding } from "./finding.ts";
import type { Config, LoadedConfig } from "./load_config.ts";

/** Who may talk to Hermes. */
export type Access =
  | { readonly kind: "everyone" }
  | { readonly kind: "listed"; readonly userIds: ReadonlySet<string> };

export type MattermostConfig =
  | {
    readonly kind: "ready";
    readonly config: Config;
    readonly url: string;
    readonly token: Secret;
    readonly access: Access;
  }
  | { readonly kind: "refused"; readonly problems: readonly Finding[] };

/**
 * What is needed to connect to a server, or every reason why one cannot: the problems of all
 * settings, and the server's address and token where they are missing.
 */
export function requireMattermost(loaded: LoadedConfig): MattermostConfig {
  const { config } = loaded;
  const url = config?.mattermost.url;
  const token = config?.mattermost.token;
  if (config !== undefined && url !== undefined && token !== undefined) {
    return { kind: "ready", config, url, token, access: accessOf(config) };
  }
  return { kind: "refused", problems: [...loaded.problems, ...missingForMattermost(loaded)] };
}

/** What is set nowhere, and without which nobody can connect to a server. */
export function missingForMattermost({ problems, sources }: LoadedConfig): readonly Finding[] {
  // They may well stand in a file that could not be read.
  const isFileRefused = problems.some((problem) => problem.key === undefined);
  const isUnset = (key: string) => !isFileRefused && sources.get(key) === "default";
  return [
    ...(isUnset("mattermost.url") ? [missingFinding("MATTERMOST_URL", "address")] : []),
    ...(isUnset("mattermost.token") ? [missingFinding("MATTERMOST_TOKEN", "bot token")] : []),
  ];
}

/** Who may talk, in the order of the original: nobody, unless somebody is listed or all are let in. */
export function accessOf(config: Config): Access {
  const { mattermost, gateway } = config;
  const userIds = new Set([...mattermost.allowedUsers, ...gateway.allowedUsers]);
  const isOpen = mattermost.allowAllUsers || userIds.has("*") ||
    (userIds.size === 0 && gateway.allowAllUsers);
  return isOpen ? { kind: "everyone" } : { kind: "listed", userIds };
}

function missingFinding(key: string, what: string): Finding {
  const message = `${key} is not set: put the ${what} of your Mattermost server into .env`;
  return { message, file: undefined, key, line: undefined };
}
