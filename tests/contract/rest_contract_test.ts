import assert from "node:assert/strict";
import { test } from "node:test";
import { startIntegration } from "./integrations.ts";
import { reasonNotPlayed } from "./not_played.ts";
import { PREPARATIONS } from "./preparations.ts";
import { startRecordedSandbox } from "./recorded_sandbox.ts";
import { seedFor } from "./recorded_world.ts";
import { loadRest, type RecordedCall, RECORDING_NAMES, type RestRecording } from "./recordings.ts";
import { replay, type Replayed } from "./replay.ts";
import { shapeDifferences } from "./shape.ts";

for (const name of RECORDING_NAMES) {
  if (!name.startsWith("rest-") || reasonNotPlayed(name) !== undefined) continue;
  const recording = loadRest(name);
  test(`[P30] the sandbox answers like ${name}: ${recording.about}`, async () => {
    await using started = await startRecordedSandbox((world) => seedFor(world, recording));
    const { sandbox } = started;
    await PREPARATIONS[name]?.(sandbox);
    await using integration = /^rest-(?:action|command)/.test(name)
      ? await startIntegration(name, recording, sandbox)
      : undefined;
    assertSame(recording, await replay(recording, sandbox));
    const expected = recording.callback_request_sent_by_server ?? [];
    assertSameCalls(expected, integration?.calls ?? []);
  });
}

/** What the server calls others with: the same fields, and the same values where those are not random. */
function assertSameCalls(recorded: readonly RecordedCall[], actual: readonly RecordedCall[]): void {
  assert.deepEqual(actual.map(({ method }) => method), recorded.map(({ method }) => method));
  recorded.forEach((call, index) => {
    const same = actual[index];
    assert.equal(same?.headers.authorization, call.headers.Authorization);
    assert.equal(same?.headers["content-type"], call.headers["Content-Type"]);
    const [fields, sameFields] = [call, same].map((one) => steady(one?.decoded ?? one?.body ?? {}));
    assert.deepEqual(sameFields, fields);
  });
}

function steady(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const random = ["trigger_id", "response_url"].filter((name) => name in fields);
  return { ...fields, ...Object.fromEntries(random.map((name) => [name, "random"])) };
}

const HEADERS_COMPARED = ["content-type", "location", "content-disposition", "retry-after"];
const HEADERS_PRESENT = ["x-request-id", "x-version-id"];

function assertSame(recording: RestRecording, replayed: Replayed): void {
  const { response } = recording;
  assert.equal(replayed.status, response.status, replayed.text);
  assertSameHeaders(response, replayed);
  if (response.body === undefined) return assertSameText(response, replayed);
  const body = JSON.parse(replayed.text);
  const recorded = response.body as Record<string, unknown>;
  if ("status_code" in recorded) {
    assert.equal(body.id, recorded.id);
    assert.equal(body.message, recorded.message);
  }
  assert.equal(body.has_next, recorded.has_next);
  if (Array.isArray(recorded.order)) assertSameOrder(recording, recorded.order, body.order);
  const differences = shapeDifferences(recorded, body);
  // The client config has some 250 entries; the sandbox gives those a bot may ask for.
  const isConfig = "BuildNumber" in recorded;
  assert.deepEqual(differences.filter((one) => !isConfig || !one.endsWith(": missing")), []);
}

/** A thread that was not asked for in pages comes in no order. */
function assertSameOrder(recording: RestRecording, recorded: string[], actual: string[]): void {
  const isUnordered = recording.request.url.endsWith("/thread");
  const lists = [actual, recorded].map((list) => isUnordered ? [...list].sort() : list);
  assert.deepEqual(lists[0], lists[1]);
}

function assertSameHeaders({ headers }: RestRecording["response"], replayed: Replayed): void {
  if (headers === undefined) return;
  const recorded = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  for (const name of HEADERS_COMPARED) assert.equal(replayed.headers[name], recorded[name], name);
  for (const name of HEADERS_PRESENT) {
    assert.equal(name in replayed.headers, name in recorded, name);
  }
}

function assertSameText(response: RestRecording["response"], replayed: Replayed): void {
  const isPage = response.headers?.["Content-Type"] === "text/html";
  if (response.body_text !== undefined && !isPage) {
    assert.equal(replayed.text, response.body_text);
  }
}
