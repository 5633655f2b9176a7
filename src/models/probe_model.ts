import type { Clock } from "../runtime/clock.ts";
import type { Usage } from "../transcript/message.ts";
import type { ModelClient } from "./model_client.ts";

/** What came of one short question. */
export interface ModelProbe {
  readonly text: string;
  readonly durationMs: number;
  readonly usage: Usage;
}

/** Costs next to nothing, and every model has an answer to it. */
const QUESTION = "Reply with the single word: ready";

/** Asks the model one thing, as a gateway would. @throws ModelError */
export async function probeModel(
  { client, clock }: { readonly client: ModelClient; readonly clock: Clock },
  signal: AbortSignal,
): Promise<ModelProbe> {
  const startedAtMs = clock.nowMs();
  const messages = [{ role: "user" as const, text: QUESTION }];
  const request = { systemPrompt: "You answer in one word.", messages, tools: [] };
  for await (const event of client.stream(request, signal)) {
    if (event.kind !== "done") continue;
    const { message: { text }, usage } = event;
    return { text, durationMs: clock.nowMs() - startedAtMs, usage };
  }
  throw new Error("a model's stream ends with its answer");
}
