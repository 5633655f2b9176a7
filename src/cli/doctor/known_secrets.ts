import type { Config } from "../../config/load_config.ts";
import { MODEL_PROVIDERS } from "../../models/provider_table.ts";
import { Secret } from "../../runtime/secret.ts";

/** Every secret of the settings and every key of a provider, so that none is shown. */
export function knownSecrets(config: Config): readonly string[] {
  const keys = MODEL_PROVIDERS.flatMap(({ environmentKeys }) =>
    environmentKeys.flatMap((name) => config.environment.get(name) ?? [])
  );
  return [...secretsIn(config), ...keys];
}

function secretsIn(value: unknown): readonly string[] {
  if (value instanceof Secret) return [value.reveal()];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}
