import type { LoadedConfig } from "../../config/load_config.ts";
import { ALL_SETTINGS } from "../../config/settings.ts";
import { MODEL_PROVIDERS } from "../../models/provider_table.ts";

/** Every secret that stands in the settings, so that none is shown. */
export function knownSecrets({ draft, findWritten }: LoadedConfig): readonly string[] {
  const ofSettings = ALL_SETTINGS.filter((row) => row.isSecret === true).flatMap((row) => {
    const written = findWritten(row.key);
    return written?.raw.kind === "text" ? [written.raw.text] : [];
  });
  const ofProviders = MODEL_PROVIDERS.flatMap(({ environmentKeys }) =>
    environmentKeys.flatMap((name) => draft.environment.get(name) ?? [])
  );
  const ofOwnProviders = draft.providers.custom.flatMap(({ apiKey }) => apiKey?.reveal() ?? []);
  return [...ofSettings, ...ofProviders, ...ofOwnProviders];
}
