import type { ServerUrl } from "../../mattermost/base_url.ts";

/**
 * How to get a bot account and its token. The links lead to the pages of this server; `_redirect`
 * becomes the team of whoever opens it.
 */
export function botAccountSteps({ siteUrl }: ServerUrl): string[] {
  return [
    `1. Allow bot accounts, as an administrator: ${siteUrl}/admin_console/integrations/bot_accounts`,
    `2. Add a bot with the role Member: ${siteUrl}/_redirect/integrations/bots/add`,
    "3. Copy its token, which is shown only once.",
    "4. Add the bot to your team: in the team's menu, Invite people.",
  ];
}
