import { MattermostApi } from "../../mattermost/api.ts";
import { parseServerUrl } from "../../mattermost/base_url.ts";
import { checkToken } from "../../mattermost/check_token.ts";
import { silentLog } from "../../runtime/log.ts";
import { withinTime } from "../../runtime/within_time.ts";
import { composeMattermostNetwork } from "../compose.ts";
import type { SetupContext } from "./setup_context.ts";
import { SetupCancelledError } from "./prompter.ts";

/** How long the menu may wait to hear whose the token is. */
const LOOK_MS_MAX = 5_000;

/** The menu. There is one platform; what counts is how it stands. @throws SetupCancelledError */
export async function askPlatform(context: SetupContext): Promise<void> {
  const { prompter } = context;
  const isWanted = await prompter.choose({
    message: "Which platform?",
    options: [
      { value: true, label: "Mattermost", hint: await describeMattermost(context) },
      { value: false, label: "None, leave" },
    ],
  });
  if (!isWanted) throw new SetupCancelledError();
}

/** Who is configured, and where, as far as it can be told at once. */
async function describeMattermost(context: SetupContext): Promise<string> {
  const { clock, draft, isChecked, prompter, random } = context;
  const config = await draft.config();
  const { url, token } = config.mattermost;
  const serverUrl = parseServerUrl(url ?? "");
  if ("problem" in serverUrl) return "not configured";
  const { host } = new URL(serverUrl.siteUrl);
  if (token === undefined) return `${host}, without a token`;
  if (!isChecked) return `configured: ${host}`;
  const { fetch } = composeMattermostNetwork(config);
  const api = new MattermostApi({ serverUrl, token, fetch, clock, random, log: silentLog });
  const looked = await prompter.busy("Looking at the settings", (signal) =>
    withinTime(
      (limited) => checkToken(api, limited),
      { msMax: LOOK_MS_MAX, clock },
      signal,
    ));
  const check = looked.kind === "done" ? looked.value : undefined;
  switch (check?.kind) {
    case "bot":
    case "person":
      return `configured: @${check.me.username} on ${host}`;
    case "refused":
    case "mfa_required":
      return `${host} does not accept the token`;
    default:
      return `configured: ${host}, which does not answer`;
  }
}
