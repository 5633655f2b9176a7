/** What strangers are told who write to the bot. */

export function pairingCodeText(code: string): string {
  return `Hello! I may not talk to you yet. Give this code to whoever runs me: **${code}**\n\n` +
    `They let you in with \`hermes pairing approve mattermost ${code}\`. It is good for one hour.`;
}

export const PAIRING_FULL =
  "Hello! I may not talk to you yet, and others are waiting to be let in. Please try again in an hour.";
