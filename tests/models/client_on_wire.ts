import assert from "node:assert/strict";
import { createModelClient } from "../../src/models/ai_sdk_client.ts";
import type { ChosenModel } from "../../src/models/choose_model.ts";
import { ModelError } from "../../src/models/errors.ts";
import type {
  ModelClient,
  ModelDone,
  ModelEvent,
  ModelRequest,
} from "../../src/models/model_client.ts";
import type { LogFields } from "../../src/runtime/log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { chosenAt, type WireAnswer, WireServer } from "./wire_server.ts";

export const LIMITS = {
  firstTokenMsMax: 120_000,
  idleMsMax: 60_000,
  totalMsMax: 1_800_000,
  retriesMax: 3,
  rateLimitRetriesMax: 3,
};

export const hello: ModelRequest = {
  systemPrompt: "Be brief.",
  messages: [{ role: "user", text: "Hello" }],
  tools: [],
};

/** A client of a server that gives `answers`, with a clock that stands still. */
export async function start(answers: WireAnswer[], differences: Partial<ChosenModel> = {}) {
  const server = await WireServer.start(...answers);
  const clock = new FakeClock();
  const logged: { event: string; fields: LogFields }[] = [];
  const client = createModelClient(chosenAt(`${server.url}/v1`, differences), {
    fetch: (url, init) => fetch(url, init),
    clock,
    random: seededRandom(7),
    log: (_level, event, fields = {}) => logged.push({ event, fields }),
    limits: LIMITS,
  });
  return {
    server,
    clock,
    client,
    logged,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export async function collect(
  client: ModelClient,
  request: ModelRequest = hello,
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of client.stream(request, signal)) events.push(event);
  return events;
}

export function textOf(
  events: readonly ModelEvent[],
  kind: "text_delta" | "reasoning_delta",
): string {
  return events.map((event) => event.kind === kind ? event.text : "").join("");
}

export function doneOf(events: readonly ModelEvent[]): ModelDone {
  const ends = events.filter((event) => event.kind === "done");
  assert.equal(ends.length, 1, "exactly one done");
  assert.equal(events.at(-1), ends[0], "done is the last event");
  return ends[0] as ModelDone;
}

/** Lets the client sleep through every back-off. */
export async function sleepThrough<Result>(
  clock: FakeClock,
  result: Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const over = result.finally(() => isOver = true).catch(() => {});
  while (!isOver) {
    await Promise.race([over, clock.sleeperFor(0)]);
    // Only back-offs are that short: the limits of a call are longer.
    const wakeMs = clock.nextWakeMs();
    if (!isOver && wakeMs !== undefined && wakeMs <= 40_000) clock.advance(wakeMs);
    else await Promise.race([over, new Promise((resolve) => setImmediate(resolve))]);
  }
  return result;
}

export async function failure(promise: Promise<unknown>): Promise<ModelError> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  assert(error instanceof ModelError, String(error));
  return error;
}
