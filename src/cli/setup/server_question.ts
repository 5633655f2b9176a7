import type { Config } from "../../config/load_config.ts";
import {
  parseServerUrl,
  type ServerUrl,
  type ServerUrlProblem,
} from "../../mattermost/base_url.ts";
import { probeServer, type ServerProbe } from "../../mattermost/probe_server.ts";
import { CertificateError } from "../../runtime/certificates.ts";
import { silentLog } from "../../runtime/log.ts";
import { NetworkError } from "../../runtime/network_error.ts";
import { composeMattermostNetwork } from "../compose.ts";
import { askCaFile, settleCaFile } from "./ca_file_question.ts";
import type { SetupContext } from "./setup_context.ts";
import { judgeFailure, type Proposal, settle, type Verdict } from "./settle.ts";

/** A server, as far as the setup has got with it. */
export interface SettledServer {
  readonly serverUrl: ServerUrl;
  /** Whether it answers, so that what depends on it can be checked. */
  readonly isReached: boolean;
  /** Whether the settings name this host already: another one is not sent their token unasked. */
  readonly isKnown: boolean;
}

type TriedServer = Omit<SettledServer, "isKnown">;

/** Asks for the server and tries it. Leaves its address, and the CA it needs, in the draft. */
export async function askServer(context: SetupContext): Promise<SettledServer> {
  const { draft, given } = context;
  const before = await draft.config();
  if (given.caFile !== undefined) await settleCaFile(given.caFile, context);
  let settled = await settleServer(before, context);
  while (!await acceptsProtocol(settled.serverUrl, context)) {
    settled = await settleServer(before, context);
  }
  const { siteUrl } = settled.serverUrl;
  draft.set("mattermost.url", siteUrl);
  const known = parseServerUrl(before.mattermost.url ?? "");
  const isKnown = !("problem" in known) && new URL(known.siteUrl).host === new URL(siteUrl).host;
  return { ...settled, isKnown };
}

async function settleServer(before: Config, context: SetupContext): Promise<TriedServer> {
  const { given, isChecked, prompter } = context;
  const url = before.mattermost.url ?? before.environment.get("MATTERMOST_URL");
  let isDistrusted = false;
  return await settle<string, TriedServer>({
    given: given.url ?? (prompter.isInteractive ? undefined : url),
    ask: async (wrong) => {
      if (isDistrusted && wrong !== undefined && await askCaFile(context)) return wrong;
      return await prompter.text({
        message: "Address of your Mattermost server",
        initial: wrong ?? url,
        example: "https://chat.example.com",
      });
    },
    doing: isChecked ? "Asking the server" : undefined,
    check: async (typed, signal) => {
      const serverUrl = parseServerUrl(typed);
      if ("problem" in serverUrl) return judgeSpelling(serverUrl);
      if (!isChecked) return { kind: "good", answer: { serverUrl, isReached: false } };
      const probe = await tryServer(serverUrl, context, signal);
      isDistrusted = isDistrust(probe);
      return judgeProbe(probe, serverUrl);
    },
  }, prompter);
}

async function tryServer(
  serverUrl: ServerUrl,
  { clock, draft, random }: SetupContext,
  signal: AbortSignal,
): Promise<ServerProbe> {
  const { fetch } = composeMattermostNetwork(await draft.config());
  return await probeServer(serverUrl, { fetch, clock, random, log: silentLog }, signal);
}

/** Whether another CA file may help. */
function isDistrust(probe: ServerProbe): boolean {
  if (probe.kind !== "failed") return false;
  const { error } = probe;
  return error instanceof CertificateError ||
    (error instanceof NetworkError && error.kind === "tls_untrusted");
}

function judgeSpelling(
  { problem, suggestion }: ServerUrlProblem,
): Verdict<never> | Proposal<string> {
  return suggestion === undefined
    ? { kind: "malformed", problem, remedy: "Write it as people open it in the browser." }
    : {
      kind: "proposal",
      problem: "The address does not begin with https:// or http://",
      proposed: suggestion,
    };
}

function judgeProbe(
  probe: ServerProbe,
  serverUrl: ServerUrl,
): Verdict<TriedServer> | Proposal<string> {
  const { siteUrl } = serverUrl;
  switch (probe.kind) {
    case "mattermost":
      return {
        kind: "good",
        answer: { serverUrl, isReached: true },
        says: `Mattermost ${probe.version} answers at ${siteUrl}`,
      };
    case "elsewhere": {
      const problem = probe.reason === "redirect"
        ? `${siteUrl} sends on to another address`
        : `There is no Mattermost at ${siteUrl}, but above it`;
      return { kind: "proposal", problem, proposed: probe.siteUrl };
    }
    case "failed":
      return judgeFailure(probe.error, { serverUrl, isReached: false });
  }
}

/** Whether the person wants it like this: over plain http everyone on the way reads along. */
async function acceptsProtocol(
  { siteUrl }: ServerUrl,
  { given, prompter }: SetupContext,
): Promise<boolean> {
  const { protocol, hostname } = new URL(siteUrl);
  if (protocol === "https:" || isLoopback(hostname)) return true;
  prompter.say("warning", "Over http:// the token and all messages travel unencrypted.");
  if (given.url !== undefined || !prompter.isInteractive) return true;
  return await prompter.confirm("Use it all the same?", false);
}

/** This machine itself, in the spelling of a parsed URL. */
function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
