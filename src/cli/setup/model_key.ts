import type { Config } from "../../config/load_config.ts";
import { CUSTOM_PROVIDER } from "../../models/provider_table.ts";
import type { Secret } from "../../runtime/secret.ts";
import { type ModelSource, variableWithKey } from "./model_source.ts";
import type { SetupContext } from "./setup_context.ts";
import type { DraftKey } from "./draft.ts";
import { readSecret } from "./read_secret.ts";
import { settle, type Verdict } from "./settle.ts";

/** Where `.env` holds the key of a server that has no variable of its own. */
const OWN_VARIABLE = "MODEL_API_KEY";

/** Which key a model is asked with; `undefined` is none, or what the settings have already. */
export type NewKey = Secret | undefined;

/** Where a new key has to be written so that it is sent to `source`. */
export function keyPlace(
  { provider, providerId, baseUrl }: ModelSource,
  config: Config,
): { readonly variable: string; readonly isReferenced: boolean } {
  const custom = config.providers.custom.find(({ name }) => providerId === `custom:${name}`);
  const [ownVariable] = baseUrl === undefined ? provider.environmentKeys : [];
  const variable = custom?.apiKeyVariable ?? ownVariable;
  return { variable: variable ?? OWN_VARIABLE, isReferenced: variable === undefined };
}

/** A key for `source` that only the environment of this process is sure to have. */
export function exportedKey(
  { provider, baseUrl }: ModelSource,
  environment: Readonly<Record<string, string | undefined>>,
): DraftKey | undefined {
  if (baseUrl !== undefined) return undefined; // It is not sent to another address.
  for (const variable of provider.environmentKeys) {
    const read = readSecret(environment[variable] ?? "", variable);
    if (read.kind === "read") return { variable, secret: read.secret, isReferenced: false };
  }
  return undefined;
}

/** The key for `source`, asked for where it wants one and there is none yet. */
export async function settleKey(
  source: ModelSource,
  config: Config,
  context: SetupContext,
): Promise<NewKey> {
  const { given, prompter } = context;
  if (given.apiKey !== undefined) return given.apiKey;
  const { provider, baseUrl, name } = source;
  const isAddress = provider.id === CUSTOM_PROVIDER.id && baseUrl !== undefined;
  if (!prompter.isInteractive || !(provider.needsKey || isAddress)) return undefined;
  // The key of a provider is not sent to another address.
  const variable = baseUrl === undefined ? variableWithKey(provider, config) : undefined;
  const isKept = variable !== undefined && await prompter.choose({
    message: `Which API key for ${name}?`,
    options: [
      { value: true, label: `The one in ${variable}` },
      { value: false, label: "Another one" },
    ],
  });
  return isKept ? undefined : await askKey(source, context);
}

/** Whether it does not answer without a key: at an address of one's own nobody can know. */
export function wantsKey(
  { provider, baseUrl }: Pick<ModelSource, "provider" | "baseUrl">,
): boolean {
  return provider.needsKey && baseUrl === undefined;
}

/** Asks for a key that is not there yet. */
export function askKey(source: ModelSource, { prompter }: SetupContext): Promise<NewKey> {
  const { name } = source;
  const mayBeEmpty = !wantsKey(source);
  const message = mayBeEmpty ? `API key for ${name} (empty for none)` : `API key for ${name}`;
  return settle<string, NewKey>({
    given: undefined,
    ask: () => prompter.secret(message),
    doing: undefined,
    check: (typed) => readKey(typed, mayBeEmpty),
  }, prompter);
}

function readKey(typed: string, mayBeEmpty: boolean): Verdict<NewKey> {
  const read = readSecret(typed, "The key");
  switch (read.kind) {
    case "read":
      return { kind: "good", answer: read.secret };
    case "malformed":
      return { ...read, remedy: "" };
    case "empty": {
      if (mayBeEmpty) return { kind: "good", answer: undefined };
      const remedy = "Copy it from the page of your account there.";
      return { kind: "malformed", problem: "The key is empty", remedy };
    }
  }
}
