import {
  CUSTOM_PROVIDER_KEYS,
  customProviders,
  PROVIDER_TIMEOUT_KEYS,
  providerTimeouts,
} from "../provider_settings.ts";
import { setting } from "../setting.ts";

/** Providers of one's own, and limits for known ones. */
export const PROVIDERS_SETTINGS = {
  custom: setting({
    key: "custom_providers",
    keysBelow: CUSTOM_PROVIDER_KEYS,
    parse: customProviders,
    initial: "",
    doc: "OpenAI-compatible endpoints of one's own: a list of name, base_url and key_env.",
  }),
  timeouts: setting({
    key: "providers",
    keysBelow: PROVIDER_TIMEOUT_KEYS,
    parse: providerTimeouts,
    initial: "",
    doc:
      "By provider: request_timeout_seconds and stale_timeout_seconds, which beat those of model.",
  }),
};
