import {
  CUSTOM_PROVIDER_KEYS,
  customProviders,
  PROVIDER_TIMEOUT_KEYS,
  providerTimeouts,
} from "../provider_settings.ts";
import { AUXILIARY_KEYS, auxiliaryModels, FALLBACK_KEYS, fallbackModels } from "../other_models.ts";
import { setting } from "../setting.ts";

/** Providers of one's own, limits for known ones, and the models beside the one that answers. */
export const PROVIDERS_SETTINGS = {
  custom: setting({
    key: "custom_providers",
    keysBelow: CUSTOM_PROVIDER_KEYS,
    parse: customProviders,
    initial: "",
    doc: "OpenAI-compatible endpoints of one's own: a list of name, base_url and key_env.",
  }),
  fallbacks: setting({
    key: "fallback_providers",
    keysBelow: FALLBACK_KEYS,
    parse: fallbackModels,
    initial: "",
    doc: "Who answers when the model cannot: a list of provider and model, in order.",
  }),
  auxiliary: setting({
    key: "auxiliary",
    keysBelow: AUXILIARY_KEYS,
    parse: auxiliaryModels,
    initial: "",
    doc: "Models for work beside the answer: compression, with provider, model and timeout.",
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
