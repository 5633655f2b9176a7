import { boolean, seconds } from "../parsers.ts";
import { setting } from "../setting.ts";

/** How an answer appears. */
export const STREAMING_SETTINGS = {
  enabled: setting({
    key: "streaming.enabled",
    parse: boolean,
    initial: "true",
    doc: "Whether an answer appears while it grows.",
  }),
  freshAfterMs: setting({
    key: "streaming.fresh_final_after_seconds",
    parse: seconds(0, 86_400),
    initial: "60",
    doc:
      "After so long, what comes after work with tools gets a post of its own, which notifies; " +
      "0 never.",
  }),
};
