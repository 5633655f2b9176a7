import assert from "node:assert/strict";
import { test } from "node:test";
import { findLocalModelServers, listModels } from "../../src/models/list_models.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type WireAnswer, WireServer } from "./wire_server.ts";

const { signal } = new AbortController();

function deps(clock = new FakeClock()) {
  return { fetch: (url: string | URL | Request, init?: RequestInit) => fetch(url, init), clock };
}

const answers = (status: number, type: string, text: string): WireAnswer => (response) => {
  response.writeHead(status, { "content-type": type }).end(text);
};
const lists = (...ids: unknown[]) =>
  answers(200, "application/json", JSON.stringify({ data: ids.map((id) => ({ id })) }));

test("listModels() gives the ids in the server's order, and sends the key", async () => {
  await using server = await WireServer.start(lists("qwen3", 7, "", "llama4"));
  const request = { apiKey: new Secret("sk-1"), msMax: 1_000 };
  assert.deepEqual(await listModels(`${server.url}/v1`, request, deps(), signal), [
    "qwen3",
    "llama4",
  ]);
  assert.equal(server.requests[0]?.path, "/v1/models");
  assert.equal(server.requests[0]?.headers.authorization, "Bearer sk-1");
});

for (
  const [wire, answer, path, header] of [
    ["anthropic", { data: [{ id: "claude" }] }, "/v1/models?limit=1000", "x-api-key"],
    ["google", { models: [{ name: "models/gemini" }] }, "/models?pageSize=1000", "x-goog-api-key"],
  ] as const
) {
  test(`[P170] listModels() asks as the wire "${wire}" wants it`, async () => {
    const json = answers(200, "application/json", JSON.stringify(answer));
    await using server = await WireServer.start(json);
    const request = { apiKey: new Secret("sk-1"), msMax: 1_000, wire };
    const models = await listModels(server.url, request, deps(), signal);
    assert.deepEqual(models, [wire === "google" ? "gemini" : "claude"]);
    assert.equal(server.requests[0]?.path, path);
    assert.equal(server.requests[0]?.headers[header], "sk-1");
  });
}

for (
  const [what, answer] of [
    ["a refusal", answers(401, "application/json", '{"data":[]}')],
    ["a redirect", (response) => response.writeHead(302, { location: "/elsewhere" }).end()],
    ["a web page", answers(200, "text/html", "<!DOCTYPE html>")],
    ["other JSON", answers(200, "application/json", '{"models":["a"]}')],
    ["a cut connection", (response) => response.destroy()],
  ] satisfies [string, WireAnswer][]
) {
  test(`listModels() gives undefined for ${what}`, async () => {
    await using server = await WireServer.start(answer, answer);
    const request = { apiKey: undefined, msMax: 1_000 };
    assert.equal(await listModels(server.url, request, deps(), signal), undefined);
  });
}

test("listModels() gives up a server that is silent for too long", async () => {
  await using server = await WireServer.start(() => {});
  const clock = new FakeClock();
  const listed = listModels(server.url, { apiKey: undefined, msMax: 1_000 }, deps(clock), signal);
  await clock.sleeperFor(1_000);
  clock.advance(1_000);
  assert.equal(await listed, undefined);
});

test("findLocalModelServers() finds a program where its variable says", async () => {
  await using server = await WireServer.start(lists("qwen3"), lists("phi5"));
  const variables: Record<string, string> = {
    OLLAMA_BASE_URL: `${server.url}/one/v1/`,
    LM_BASE_URL: `${server.url}/two/v1`,
    LLAMACPP_BASE_URL: "http://127.0.0.1:9/v1",
    VLLM_BASE_URL: "http://127.0.0.1:9/v1",
  };
  const found = await findLocalModelServers((name) => variables[name], deps(), signal);
  assert.deepEqual(found.map(({ provider, baseUrl }) => [provider.id, baseUrl]), [
    ["ollama", `${server.url}/one/v1`],
    ["lmstudio", `${server.url}/two/v1`],
  ]);
  assert.deepEqual(found.flatMap((one) => one.models).sort(), ["phi5", "qwen3"]);
});
