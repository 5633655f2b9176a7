import { boolean, decimal } from "../parsers.ts";
import { setting } from "../setting.ts";

/** When long conversations are made shorter. */
export const COMPRESSION_SETTINGS = {
  enabled: setting({
    key: "compression.enabled",
    parse: boolean,
    initial: "true",
    doc: "Whether the older part of a long conversation is summed up, so that it can go on.",
  }),
  triggerShare: setting({
    key: "compression.threshold",
    parse: decimal(0.05, 0.95),
    initial: "0.5",
    doc:
      "Which part of the model's window may be full before that happens; at least 64,000 tokens.",
  }),
};
