import { boolean } from "../parsers.ts";
import { setting } from "../setting.ts";

/** How an answer appears. */
export const STREAMING_SETTINGS = {
  enabled: setting({
    key: "streaming.enabled",
    parse: boolean,
    initial: "true",
    doc: "Whether an answer appears while it grows.",
  }),
};
