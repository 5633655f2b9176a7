import { absolutePath, boolean } from "../parsers.ts";
import { optional, setting } from "../setting.ts";

/** What tools may reach, and what is hidden from eyes and models. */
export const SECURITY_SETTINGS = {
  allowPrivateUrls: setting({
    key: "security.allow_private_urls",
    env: ["HERMES_ALLOW_PRIVATE_URLS"],
    parse: boolean,
    initial: "false",
    doc: "Whether web tools may open addresses of this machine and of private networks.",
  }),
  redactSecrets: setting({
    key: "security.redact_secrets",
    parse: boolean,
    initial: "true",
    doc: "Whether keys and passwords are hidden in tool results, answers and logs.",
  }),
  writeRoot: optional({
    key: "security.write_safe_root",
    env: ["HERMES_WRITE_SAFE_ROOT"],
    parse: absolutePath,
    doc: "The only folder in which tools may write files.",
  }),
};
