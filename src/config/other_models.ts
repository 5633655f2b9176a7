import type { Secret } from "../runtime/secret.ts";
import { FieldReader, summary } from "./field_reader.ts";
import { blockSchema } from "./json_schema.ts";
import { accepted, described, type Parser, plainText, refused, secret } from "./parsers.ts";
import { MODEL_URL, TIMEOUT_SECONDS } from "./provider_settings.ts";

/** A model beside the one that answers. What is missing is as with that one. */
export interface OtherModel {
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly baseUrl: string | undefined;
  readonly apiKey: Secret | undefined;
  /** The variable of the environment or `.env` that holds the key. */
  readonly apiKeyVariable: string | undefined;
  /** For one whole answer; `undefined` leaves the general limit. */
  readonly totalTimeoutMs: number | undefined;
}

/** Work beside the answer for which the settings may name a model. */
export type AuxiliaryTask = (typeof AUXILIARY_TASKS)[number];
const AUXILIARY_TASKS = [
  "approval",
  "compression",
  "title_generation",
  "vision",
  "web_extract",
] as const;

const FIELDS = ["provider", "model", "base_url", "api_key", "key_env"];

/** Where settings below `fallback_providers` may stand. */
export const FALLBACK_KEYS = FIELDS.map((field) => `*.${field}`);

/** Where settings below `auxiliary` may stand. */
export const AUXILIARY_KEYS = AUXILIARY_TASKS.flatMap((task) =>
  [...FIELDS, "timeout"].map((field) => `${task}.${field}`)
);

/** What editors know of one entry. */
const ENTRY_FIELDS = {
  provider: plainText,
  model: plainText,
  base_url: MODEL_URL,
  api_key: secret,
  key_env: plainText,
  timeout: TIMEOUT_SECONDS,
};

export const fallbackModels: Parser<readonly OtherModel[]> = described(
  { type: "array", items: blockSchema(ENTRY_FIELDS, ["provider", "model"]) },
  (raw) => {
    if (raw.kind === "empty") return accepted([]);
    if (raw.kind !== "list") return refused("is not a list: begin each entry with - provider:");
    const fields = raw.items.map((item, index) => new FieldReader(item, `.${index}`));
    const models = fields.map((entry) => ({
      ...readEndpoint(entry),
      provider: entry.required("provider", plainText),
      model: entry.required("model", plainText),
    }));
    return summary(models, fields);
  },
);

export const auxiliaryModels: Parser<Readonly<Partial<Record<AuxiliaryTask, OtherModel>>>> =
  described(
    {
      type: "object",
      properties: Object.fromEntries(
        AUXILIARY_TASKS.map((task) => [task, blockSchema(ENTRY_FIELDS)]),
      ),
    },
    (raw) => {
      if (raw.kind === "empty") return accepted({});
      if (raw.kind !== "map") return refused("is not a map: write one task: a line");
      const models: Partial<Record<AuxiliaryTask, OtherModel>> = {};
      const fields: FieldReader[] = [];
      for (const task of AUXILIARY_TASKS) {
        const item = raw.entries.get(task);
        if (item === undefined || item.kind === "empty") continue;
        const entry = new FieldReader(item, `.${task}`);
        fields.push(entry);
        models[task] = {
          ...readEndpoint(entry),
          provider: entry.optional("provider", plainText),
          model: entry.optional("model", plainText),
        };
      }
      return summary(models, fields);
    },
  );

function readEndpoint(entry: FieldReader) {
  return {
    baseUrl: entry.optional("base_url", MODEL_URL),
    apiKey: entry.apiKey(),
    apiKeyVariable: entry.optional("key_env", plainText),
    totalTimeoutMs: entry.optional("timeout", TIMEOUT_SECONDS),
  };
}
