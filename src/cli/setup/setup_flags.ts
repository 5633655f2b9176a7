import { text } from "node:stream/consumers";
import { HermesError } from "../../errors.ts";
import type { Secret } from "../../runtime/secret.ts";
import { plural } from "../plural.ts";
import { readSecret } from "./read_secret.ts";
import type { PeopleOption, SetupAnswers } from "./setup_options.ts";

/** The options of the command line, as they are declared. */
export interface SetupFlags {
  readonly url?: string;
  readonly caFile?: string;
  readonly tokenStdin?: boolean;
  readonly allow?: string;
  readonly allowEveryone?: boolean;
  readonly allowNobody?: boolean;
  readonly homeChannel?: string | false;
  readonly replyMode?: "off" | "thread";
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly apiKeyStdin?: boolean;
  readonly apiKeyEnv?: string;
  readonly check: boolean;
  readonly greet?: boolean;
  readonly installService?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The command line cannot be followed. */
export class SetupUsageError extends HermesError {
  override readonly name = "SetupUsageError";
  override readonly code = "setup.usage";
}

export interface FlagSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadStream;
  readonly isInteractive: boolean;
}

/** The answers that the command line gives, with the secrets it names. @throws SetupUsageError */
export async function readFlags(flags: SetupFlags, sources: FlagSources): Promise<SetupAnswers> {
  const secrets = await readSecrets(flags, sources);
  return {
    url: flags.url,
    caFile: flags.caFile,
    people: peopleOf(flags),
    homeChannel: flags.homeChannel,
    replyMode: flags.replyMode,
    provider: flags.provider,
    baseUrl: flags.baseUrl,
    model: flags.model,
    ...secrets,
  };
}

function peopleOf({ allow, allowEveryone, allowNobody }: SetupFlags): PeopleOption | undefined {
  if (allow !== undefined) return { kind: "listed", people: allow };
  if (allowEveryone === true) return { kind: "everyone" };
  return allowNobody === true ? { kind: "nobody" } : undefined;
}

async function readSecrets(
  { tokenStdin = false, apiKeyStdin = false, apiKeyEnv }: SetupFlags,
  { environment, input, isInteractive }: FlagSources,
): Promise<{ readonly token: Secret | undefined; readonly apiKey: Secret | undefined }> {
  const names = [...(tokenStdin ? ["token"] : []), ...(apiKeyStdin ? ["key"] : [])];
  const lines = names.length === 0 ? [] : await readLines(input, names);
  const token = tokenStdin
    ? lines.shift()
    : isInteractive
    ? undefined
    : environment.MATTERMOST_TOKEN;
  const key = apiKeyEnv === undefined ? lines.shift() : environment[apiKeyEnv];
  if (apiKeyEnv !== undefined && !key?.trim()) {
    throw new SetupUsageError(`${apiKeyEnv} is not set in the environment`, {
      hint: "Export it, or give the key with --api-key-stdin.",
    });
  }
  return { token: toSecret(token, "The token"), apiKey: toSecret(key, "The key") };
}

async function readLines(input: NodeJS.ReadStream, names: readonly string[]): Promise<string[]> {
  if (input.isTTY) {
    throw new SetupUsageError(`The ${names.join(" and the ")} cannot be read from a terminal`, {
      hint: "Leave the -stdin flags out to be asked, or give a file: < FILE.",
    });
  }
  const lines = (await text(input)).split(/\r?\n/).map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === names.length) return lines;
  const [found, wanted] = [lines, names].map((list) => plural(list.length, "line"));
  throw new SetupUsageError(`The standard input has ${found}, and not ${wanted}`, {
    hint: `Give ${wanted}: the ${names.join(", then the ")}.`,
  });
}

function toSecret(typed: string | undefined, what: string): Secret | undefined {
  const read = readSecret(typed ?? "", what);
  if (read.kind === "malformed") {
    throw new SetupUsageError(read.problem, { hint: "Copy it once more." });
  }
  return read.kind === "read" ? read.secret : undefined;
}
