import type { SandboxParts } from "./parts.ts";

/** `config/client?format=old`: text values only. Without a token a few are left out. */
export function clientConfig(
  { settings, signer, siteUrl }: Pick<SandboxParts, "settings" | "signer" | "siteUrl">,
  isAuthenticated: boolean,
) {
  return {
    AsymmetricSigningPublicKey: signer.publicKey,
    BuildNumber: "11.6.0",
    BuildEnterpriseReady: "false",
    DefaultClientLocale: settings.locale,
    EnableBotAccountCreation: "true",
    EnableCustomEmoji: "true",
    EnableFile: String(settings.fileAttachments),
    EnableMultifactorAuthentication: String(settings.enforceMfa),
    EnableUserStatuses: String(settings.userStatuses),
    EnforceMultifactorAuthentication: String(settings.enforceMfa),
    SiteName: "Mattermost",
    SiteURL: siteUrl(),
    Version: "11.6.0",
    WebsocketURL: "",
    ...(isAuthenticated
      ? {
        CollapsedThreads: settings.collapsedThreads,
        EnableFileAttachments: String(settings.fileAttachments),
        EnableUserAccessTokens: String(settings.userAccessTokens),
        EnableUserTypingMessages: String(settings.userTypingMessages),
        MaxFileSize: String(settings.fileBytesMax),
        MaxNotificationsPerChannel: "1000",
        MaxPostSize: String(settings.messageRunesMax),
        PostEditTimeLimit: String(settings.postEditTimeLimitS),
        RestrictDirectMessage: settings.directMessages,
        TimeBetweenUserTypingUpdatesMilliseconds: "5000",
        UniqueEmojiReactionLimitPerPost: "50",
      }
      : {}),
  };
}
