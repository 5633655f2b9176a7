import type { Finding } from "../../config/finding.ts";
import { type Config, type ConfigInput, loadConfig } from "../../config/load_config.ts";
import { findSetting } from "../../config/setting_place.ts";
import { HermesError } from "../../errors.ts";
import { Secret } from "../../runtime/secret.ts";

/** The answer to one setting. */
export interface DraftAnswer {
  /** `undefined` takes the setting out. */
  readonly value: string | Secret | undefined;
  /** For people, e.g. names in place of ids. */
  readonly shown: string;
}

/** The key of a model's provider, which is no setting of its own. */
export interface DraftKey {
  /** Its name in `.env`. */
  readonly variable: string;
  readonly secret: Secret;
  /** Whether `model.api_key` has to name the variable, because nothing reads it by itself. */
  readonly isReferenced: boolean;
}

type DraftInput = Pick<ConfigInput, "home" | "environment">;

/** What the setup asks for: a wrong value of one of these is no reason not to begin. */
const ASKED_KEYS: readonly string[] = [
  "mattermost.url",
  "mattermost.token",
  "mattermost.ca_file",
  "mattermost.allowed_users",
  "mattermost.allow_all_users",
  "mattermost.home_channel",
  "mattermost.reply_mode",
  "gateway.allowed_users",
  "gateway.allow_all_users",
  "model.default",
  "model.provider",
  "model.base_url",
  "model.api_key",
  "model.api_mode",
  "model.context_length",
];

/** A draft without answers, and what is wrong with the settings that it will replace. */
export async function openDraft(
  input: DraftInput,
): Promise<{ readonly draft: SetupDraft; readonly problems: readonly Finding[] }> {
  const { problems } = await loadConfig({ ...input, flags: {} });
  const askedKey = ({ key }: Finding) => {
    const found = findSetting(key ?? "")?.key ?? "";
    return ASKED_KEYS.includes(found) ? found : undefined;
  };
  const ours = problems.filter((problem) => askedKey(problem) !== undefined);
  const broken = new Set(ours.flatMap((problem) => askedKey(problem) ?? []));
  return { draft: new SetupDraft(input, broken), problems: ours };
}

/** What the person has answered so far. Nothing of it is written before all is answered. */
export class SetupDraft {
  readonly #input: DraftInput;
  /** Keys of settings that cannot stay as they are. */
  readonly #broken: ReadonlySet<string>;
  readonly #answers = new Map<string, DraftAnswer>();
  /** Set together with the answers about the model. */
  apiKey: DraftKey | undefined;

  constructor(input: DraftInput, broken: ReadonlySet<string>) {
    this.#input = input;
    this.#broken = broken;
    for (const key of broken) this.remove(key);
  }

  /** By the key of the setting. */
  get answers(): ReadonlyMap<string, DraftAnswer> {
    return this.#answers;
  }

  set(key: string, value: string | Secret, shown = String(value)): void {
    this.#answers.set(key, { value, shown });
  }

  remove(key: string): void {
    this.#answers.set(key, { value: undefined, shown: "" });
  }

  /** Leaves the setting as it is in the files, or takes it out if it is wrong there. */
  keep(key: string): void {
    if (this.#broken.has(key)) this.remove(key);
    else this.#answers.delete(key);
  }

  /**
   * The settings as a gateway would have them with these answers: what is checked with them is what
   * the gateway will do. @throws SettingsProblemError
   */
  async config(): Promise<Config> {
    const flags: Record<string, string> = {};
    for (const [key, { value }] of this.#answers) {
      if (value !== undefined) flags[key] = value instanceof Secret ? value.reveal() : value;
    }
    const { environment } = this.#input;
    const { variable, secret, isReferenced } = this.apiKey ?? {};
    if (isReferenced === true) flags["model.api_key"] = secret?.reveal() ?? "";
    const loaded = await loadConfig({
      ...this.#input,
      environment: variable === undefined
        ? environment
        : { ...environment, [variable]: secret?.reveal() },
      flags,
      ignored: new Set(this.#answers.keys()),
    });
    if (loaded.config !== undefined) return loaded.config;
    throw new SettingsProblemError(loaded.problems.map((problem) => problem.message));
  }
}

/** Something in the files has to be mended by hand. */
export class SettingsProblemError extends HermesError {
  override readonly name = "SettingsProblemError";
  override readonly code = "setup.settings";

  constructor(problems: readonly string[]) {
    const [first = "a setting is wrong", ...others] = problems;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    super(`Cannot use the settings: ${first}${more}`, {
      hint: "Mend it first; hermes doctor tells all there is to say.",
    });
  }
}
