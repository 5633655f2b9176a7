import { resolve } from "node:path";
import process from "node:process";
import { text as readAll } from "node:stream/consumers";
import { HermesError } from "../../errors.ts";
import type { Outgoing } from "../../gateway/outbox/outbox_entry.ts";
import { parseTarget, TARGET_FORMS } from "../../gateway/outbox/target.ts";
import { loadConfig } from "../../config/load_config.ts";
import { requireMattermost } from "../../config/require_mattermost.ts";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { systemRandom } from "../../runtime/random.ts";
import { createRedactor } from "../../safety/redact.ts";
import { knownSecrets } from "../doctor/known_secrets.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { renderError, sentence } from "../render_error.ts";
import { sendByGateway } from "./send_by_gateway.ts";
import { sendDirectly } from "./send_directly.ts";
import type { SendOutcome } from "./send_outcome.ts";

export interface SendOptions {
  readonly target: string;
  /** The text, as the command line has it; a single `-` for standard input. */
  readonly words: readonly string[];
  readonly files: readonly string[];
  readonly subject: string | undefined;
  readonly waitMs: number;
  readonly notify: boolean;
  readonly json: boolean;
}

/** `hermes send`: posts a message as the bot. Gives the exit code. */
export async function runSendCommand(options: SendOptions, io: CliIo): Promise<number> {
  const parsed = parseTarget(options.target);
  if (parsed.kind === "refused" || parsed.target.kind === "origin") {
    const problem = parsed.kind === "refused" ? parsed.problem : `"origin" is no target here`;
    io.err(`${sentence(problem)}\n  Write one of: ${TARGET_FORMS}.`);
    return EXIT.usage;
  }
  const said = await readText(options);
  if (said === undefined) {
    io.err("There is nothing to post.\n  Give a text, a file, or - for standard input.");
    return EXIT.usage;
  }
  const home = resolveHome(io.environment);
  const loaded = await loadConfig({ home, environment: io.environment, flags: {} });
  const ready = requireMattermost(loaded);
  if (ready.kind === "refused") {
    for (const problem of ready.problems) io.err(sentence(problem.message));
    return EXIT.failure;
  }
  const secrets = () => knownSecrets(ready.config);
  const redact = createRedactor({ secrets, hidesPatterns: ready.config.security.redactSecrets });
  const message: Outgoing = {
    id: `send-${systemRandom.id()}`,
    target: parsed.target,
    text: redact(withSubject(options.subject, said)),
    files: options.files.map((path) => resolve(path)),
    urgency: "now",
    about: "the command hermes send",
    isForeign: true,
    ...(options.notify ? { notifies: true } : {}),
  };
  const signals = listenForStopSignals();
  try {
    const deps = { ...ready, paths: homePaths(home), secrets, waitMs: options.waitMs };
    const outcome = await sendByGateway(message, deps, signals.stop) ??
      await sendDirectly(message, deps, signals.stop);
    return report(outcome, options, io);
  } catch (error) {
    if (signals.stop.aborted) return EXIT.cancelled;
    if (!(error instanceof HermesError)) throw error;
    if (options.json) io.out(JSON.stringify({ ok: false, error: error.message, hint: error.hint }));
    io.err(renderError(error));
    return EXIT.failure;
  } finally {
    signals.dispose();
  }
}

/** `undefined` when there is nothing to post; a file alone is enough. */
async function readText({ words, files }: SendOptions): Promise<string | undefined> {
  const isPiped = words.length === 0 && files.length === 0 && process.stdin.isTTY !== true;
  const isStdin = isPiped || (words.length === 1 && words[0] === "-");
  const text = isStdin ? await readAll(process.stdin) : words.join(" ");
  return text.trim() === "" && files.length === 0 ? undefined : text.trimEnd();
}

function withSubject(subject: string | undefined, text: string): string {
  const line = subject?.replaceAll(/\s+/g, " ").trim() ?? "";
  return line === "" ? text : `**${line}**\n\n${text}`;
}

function report(outcome: SendOutcome, { json }: SendOptions, io: CliIo): number {
  if (outcome.kind !== "delivered") {
    const { kind, reason } = outcome;
    if (json) io.out(JSON.stringify({ ok: false, state: kind, error: reason }));
    io.err(kind === "failed" ? `Not posted: ${sentence(reason)}` : sentence(reason));
    return EXIT.failure;
  }
  const { place, postIds, problems } = outcome;
  const { channelId, rootId, label } = place;
  const ok = problems.length === 0;
  if (json) {
    const ids = { post_ids: postIds, channel_id: channelId, thread_id: rootId || null };
    io.out(JSON.stringify({ ok, ...ids, channel: label, problems }));
  } else for (const id of postIds) io.out(id);
  for (const problem of problems) io.err(problem);
  return ok ? EXIT.ok : EXIT.failure;
}
