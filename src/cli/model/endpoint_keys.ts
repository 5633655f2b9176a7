/** What says where the model of the settings is: none of it holds for a model of another provider. */
export const ENDPOINT_KEYS: readonly string[] = [
  "model.base_url",
  "model.api_key",
  "model.api_mode",
  "model.context_length",
];
