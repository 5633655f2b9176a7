import { ModelError, type ModelErrorKind } from "../../models/errors.ts";
import { probeModel } from "../../models/probe_model.ts";
import { silentLog } from "../../runtime/log.ts";
import { composeModel, NoModelError } from "../compose.ts";
import type { SetupContext } from "./setup_context.ts";
import type { Verdict } from "./settle.ts";

/** What may be gone in an hour, with the same answers. */
const PASSING_KINDS: ReadonlySet<ModelErrorKind> = new Set([
  "billing",
  "rate_limit",
  "overloaded",
  "network",
  "first_token_timeout",
  "idle_timeout",
  "total_timeout",
]);

/** Asks the model of the draft one short thing, as the gateway would, but tries only once. */
export async function tryModel(
  { clock, draft, random }: SetupContext,
  signal: AbortSignal,
): Promise<Verdict<undefined>> {
  const config = await draft.config();
  const impatient = { ...config, agent: { ...config.agent, apiRetriesMax: 0 } };
  try {
    const { client } = composeModel(impatient, { clock, random, log: silentLog });
    const { durationMs } = await probeModel({ client, clock }, signal);
    const seconds = Math.max(0.1, durationMs / 1_000).toFixed(1);
    const says = `${client.modelId} answered in ${seconds} s`;
    return { kind: "good", answer: undefined, says };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof NoModelError)) throw error;
    const told = { problem: error.message, remedy: error.hint };
    const mayPass = error instanceof ModelError && PASSING_KINDS.has(error.kind);
    return mayPass ? { kind: "unknown", ...told, answer: undefined } : { kind: "refused", ...told };
  }
}
