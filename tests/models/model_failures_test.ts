import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError, type ModelErrorKind } from "../../src/models/errors.ts";
import { BrokenConnectionError, ReportedError } from "../../src/models/failure_facts.ts";
import { toModelError } from "../../src/models/model_failures.ts";
import { HermesError } from "../../src/errors.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { chosenAt } from "./wire_server.ts";

const NOW_MS = 1_700_000_000_000;
const chosen = chosenAt("https://models.example.com/v1");

/** Bodies as the providers send them; what they say is theirs. */
const answers: readonly [who: string, status: number, body: unknown, kind: ModelErrorKind][] = [
  [
    "OpenAI, wrong key",
    401,
    {
      error: {
        message: "Incorrect API key provided: sk-abc.",
        type: "invalid_request_error",
        code: "invalid_api_key",
      },
    },
    "auth",
  ],
  [
    "Google, wrong key",
    400,
    {
      error: {
        code: 400,
        message: "API key not valid. Please pass a valid API key.",
        status: "INVALID_ARGUMENT",
      },
    },
    "auth",
  ],
  [
    "Anthropic, no permission",
    403,
    {
      type: "error",
      error: {
        type: "permission_error",
        message: "Your API key does not have permission to use the specified resource.",
      },
    },
    "auth",
  ],
  ["a proxy, forbidden without words", 403, "", "auth"],
  [
    "OpenRouter, no credit",
    402,
    { error: { message: "Insufficient credits. Add more using https://…", code: 402 } },
    "billing",
  ],
  [
    "OpenRouter, cap above the balance",
    402,
    { error: { message: "This request requires more credits, or fewer max_tokens.", code: 402 } },
    "billing",
  ],
  [
    "OpenRouter, key limit",
    403,
    { error: { message: "Key limit exceeded (total limit).", code: 403 } },
    "billing",
  ],
  [
    "Anthropic, no credit",
    400,
    {
      type: "error",
      error: {
        type: "invalid_request_error",
        message: "Your credit balance is too low to access the Anthropic API.",
      },
    },
    "billing",
  ],
  [
    "OpenAI, no quota",
    429,
    {
      error: {
        message: "You exceeded your current quota, please check your plan and billing details.",
        type: "insufficient_quota",
        code: "insufficient_quota",
      },
    },
    "billing",
  ],
  ["DeepSeek, no balance", 402, { error: { message: "Insufficient Balance" } }, "billing"],
  [
    "a subscription that resets",
    402,
    { error: { message: "Usage limit reached, try again in 5 hours" } },
    "rate_limit",
  ],
  [
    "Google, quota of a minute",
    429,
    {
      error: {
        code: 429,
        message:
          "You exceeded your current quota, please check your plan and billing details. Please retry in 22.5s.",
        status: "RESOURCE_EXHAUSTED",
      },
    },
    "rate_limit",
  ],
  ["OpenAI, too many requests", 429, {
    error: {
      message: "Rate limit reached for gpt on requests per min",
      code: "rate_limit_exceeded",
    },
  }, "rate_limit"],
  [
    "OpenAI, one request beyond the limit of a minute",
    429,
    { error: { message: "Request too large for gpt on tokens per min (TPM): Limit 30000" } },
    "context_overflow",
  ],
  ["Anthropic, overloaded", 529, {
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
  }, "overloaded"],
  ["nginx, bad gateway", 502, "<html><body>502 Bad Gateway</body></html>", "overloaded"],
  ["OpenAI, server error", 500, {
    error: { message: "The server had an error", type: "server_error" },
  }, "overloaded"],
  [
    "vLLM, a 500 that blames the request",
    500,
    { error: { message: "1 validation error for Request", type: "invalid_request_error" } },
    "bad_request",
  ],
  ["Google, unavailable", 503, {
    error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" },
  }, "overloaded"],
  [
    "OpenAI, context",
    400,
    {
      error: {
        message:
          "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens.",
        code: "context_length_exceeded",
      },
    },
    "context_overflow",
  ],
  ["Anthropic, context", 400, {
    type: "error",
    error: {
      type: "invalid_request_error",
      message: "prompt is too long: 208310 tokens > 200000 maximum",
    },
  }, "context_overflow"],
  [
    "Anthropic, input and output together",
    400,
    {
      error: {
        message:
          "input length and `max_tokens` exceed context limit: 199000 + 21333 > 200000, decrease input length or `max_tokens`",
      },
    },
    "context_overflow",
  ],
  [
    "Anthropic, an answer that does not fit behind the input",
    400,
    {
      error: {
        message:
          "input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000, decrease input length or `max_tokens`",
      },
    },
    "output_limit",
  ],
  [
    "OpenRouter, no image",
    404,
    { error: { message: "No endpoints found that support image input", code: 404 } },
    "images_refused",
  ],
  [
    "Anthropic, image too large",
    400,
    {
      error: {
        message: "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6 > 5",
      },
    },
    "images_refused",
  ],
  [
    "Anthropic, signature",
    400,
    { error: { message: "messages.1.content.0: Invalid `signature` in `thinking` block" } },
    "reasoning_refused",
  ],
  [
    "OpenAI, sealed reasoning of somebody else",
    400,
    { error: { message: "The encrypted content for item rs_1 could not be verified." } },
    "reasoning_refused",
  ],
  [
    "OpenAI, no such effort",
    400,
    { error: { message: "Unsupported value: 'reasoning.effort' does not support 'minimal'" } },
    "reasoning_refused",
  ],
  [
    "Ollama, no thinking",
    400,
    { error: { message: '"llama3.2" does not support thinking' } },
    "reasoning_refused",
  ],
  [
    "OpenAI, no such model that reasons",
    404,
    { error: { message: "The model `deep-thinking-9` does not exist" } },
    "model_not_found",
  ],
  [
    "Anthropic, request too large",
    413,
    { error: { type: "request_too_large", message: "Request exceeds the maximum size" } },
    "context_overflow",
  ],
  [
    "Google, context",
    400,
    {
      error: {
        code: 400,
        message:
          "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        status: "INVALID_ARGUMENT",
      },
    },
    "context_overflow",
  ],
  [
    "OpenRouter, context",
    400,
    {
      error: {
        message:
          "This endpoint's maximum context length is 65536 tokens. However, you requested about 70000 tokens.",
        code: 400,
      },
    },
    "context_overflow",
  ],
  [
    "Mistral, context",
    400,
    {
      object: "error",
      message:
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
      type: "invalid_request_prompt",
    },
    "context_overflow",
  ],
  ["xAI, context", 400, {
    code: "Client specified an invalid argument",
    error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
  }, "context_overflow"],
  [
    "Moonshot, context",
    400,
    { error: { message: "Invalid request: Your request exceeded model token limit: 8192" } },
    "context_overflow",
  ],
  [
    "Alibaba, context",
    400,
    {
      error: {
        code: "invalid_parameter_error",
        message: "Range of input length should be [1, 30720]",
      },
    },
    "context_overflow",
  ],
  [
    "Z.AI, context",
    400,
    { error: { code: "1261", message: "Prompt exceeds max length" } },
    "context_overflow",
  ],
  [
    "llama.cpp, context",
    400,
    {
      error: {
        code: 400,
        message: "the request exceeds the available context size. try increasing the context size",
        type: "exceed_context_size_error",
      },
    },
    "context_overflow",
  ],
  [
    "LM Studio, context",
    400,
    {
      error:
        "The number of tokens to keep from the initial prompt is greater than the context length.",
    },
    "context_overflow",
  ],
  ["MiniMax, context", 400, {
    type: "error",
    error: { message: "invalid params, context window exceeds limit (2013)" },
  }, "context_overflow"],
  [
    "Anthropic, output cap",
    400,
    {
      error: {
        message:
          "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude",
      },
    },
    "output_limit",
  ],
  ["OpenAI, no such model", 404, {
    error: {
      message: "The model `gpt-9` does not exist or you do not have access to it.",
      code: "model_not_found",
    },
  }, "model_not_found"],
  [
    "OpenRouter, no such model",
    400,
    { error: { message: "foo/bar is not a valid model ID", code: 400 } },
    "model_not_found",
  ],
  ["Ollama, no such model", 404, {
    error: { message: 'model "llama9" not found, try pulling it first' },
  }, "model_not_found"],
  [
    "DeepSeek, no such model",
    400,
    { error: { message: "Model Not Exist", type: "invalid_request_error" } },
    "model_not_found",
  ],
  ["Mistral, no such model", 400, {
    message: "Invalid model: foo",
    type: "invalid_model",
  }, "model_not_found"],
  ["a server without this path", 404, { detail: "Not Found" }, "model_not_found"],
  ["a web page instead of an API", 404, "<!DOCTYPE html><title>Not found</title>", "bad_answer"],
  ["a redirect", 302, "", "bad_answer"],
  [
    "Azure, content filter",
    400,
    {
      error: {
        code: "content_filter",
        message: "The response was filtered due to the prompt",
      },
    },
    "refused",
  ],
  ["Alibaba, inspection", 400, {
    error: {
      code: "data_inspection_failed",
      message: "Input data may contain inappropriate content.",
    },
  }, "refused"],
  ["any other refusal", 422, { error: { message: "temperature must be 1" } }, "bad_request"],
];

for (const [who, status, body, kind] of answers) {
  test(`toModelError() finds ${kind}: ${who}`, () => {
    const failure = toModelError(apiError(status, body), chosen, NOW_MS);
    assert.equal(failure.kind, kind, failure.message);
    assert.equal(failure.status, status);
    assert.equal(failure.code, `model.${kind}`);
    assert.match(failure.message, /^Cannot get an answer from the model: \S.*[^.]$/);
    assert.match(failure.hint, /^[A-Z].*\.$/);
  });
}

test("toModelError() reads an array of errors, as Google's streams send it", () => {
  const body = [{ error: { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED" } }];
  assert.equal(toModelError(apiError(429, body), chosen, NOW_MS).kind, "rate_limit");
});

test("toModelError() reads errors inside of a stream by their code and words", () => {
  const reported: readonly [unknown, ModelErrorKind][] = [
    [{ message: "Rate limited upstream", code: 429 }, "rate_limit"],
    [{ message: "Provider returned error", code: 502 }, "overloaded"],
    [{ type: "overloaded_error", message: "Overloaded" }, "overloaded"],
    [{ message: "prompt is too long", type: "invalid_request_error" }, "context_overflow"],
    [{ type: "error", error: { message: "internal", type: "server_error" } }, "overloaded"],
    ["something odd", "bad_answer"],
  ];
  for (const [value, kind] of reported) {
    assert.equal(toModelError(new ReportedError(value), chosen, NOW_MS).kind, kind);
  }
});

test("toModelError() retries what may pass, and nothing else", () => {
  const retryable = [429, 500, 503, 529, 408];
  const final = [400, 401, 402, 403, 404, 413, 422];
  for (const status of [...retryable, ...final]) {
    const failure = toModelError(apiError(status, {}), chosen, NOW_MS);
    assert.equal(failure.isRetryable, retryable.includes(status), `${status}`);
  }
});

test("toModelError() names provider, model and the setting to change", () => {
  const explain = (status: number) => toModelError(apiError(status, {}), chosen, NOW_MS);
  assert.match(explain(401).message, /Test Provider refused the API key \(HTTP 401\)/);
  assert.match(explain(401).hint, /model\.api_key.*models\.example\.com.*"test-model"/);
  assert.match(explain(402).hint, /Add credit at Test Provider/);
  const tooDear = apiError(402, { error: { message: "You can only afford 120 tokens" } });
  assert.match(toModelError(tooDear, chosen, NOW_MS).hint, /model\.max_tokens/);
  assert.match(explain(404).hint, /model\.default.*model\.base_url/);
  assert.match(explain(413).hint, /Ask for less at once.*model\.context_length/);
});

test("toModelError() passes on few words of the provider, and never a key", () => {
  const plain = { ...chosen, apiKey: new Secret("letmein") };
  const message = `Bad key letmein and sk-proj-AAAA****BBBB and ${"long ".repeat(100)}`;
  const failure = toModelError(apiError(422, { error: { message } }), plain, NOW_MS);
  assert.match(failure.message, /Bad key \*\*\* and \*\*\* and long/);
  assert(failure.message.length < 300, failure.message);
});

test("toModelError() says nothing of a web page but that it is one", () => {
  const failure = toModelError(apiError(404, "<html>secret plans</html>"), chosen, NOW_MS);
  assert.match(failure.message, /models\.example\.com answered with a web page \(HTTP 404\)/);
});

test("toModelError() keeps neither request nor answer as a cause", () => {
  const failure = toModelError(apiError(500, { error: { message: "x" } }), chosen, NOW_MS);
  assert.equal(failure.cause, undefined);
});

test("toModelError() names the reason of a broken connection, and its own hint", () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  const failure = toModelError(
    new BrokenConnectionError(0, refused),
    chosen,
    NOW_MS,
  );
  assert.equal(failure.kind, "network");
  assert.match(failure.message, /models\.example\.com cannot be reached \(ECONNREFUSED\)/);

  class CertificateError extends HermesError {
    override readonly code = "network.certificate";
  }
  const untrusted = new CertificateError("Cannot trust", { hint: "Set MATTERMOST_CA_FILE." });
  const explained = toModelError(
    new BrokenConnectionError(0, untrusted),
    chosen,
    NOW_MS,
  );
  assert.match(explained.message, /\(network\.certificate\)/);
  assert.equal(explained.hint, "Set MATTERMOST_CA_FILE.");
});

test("toModelError() tells a connection that broke off from one that never was", () => {
  const failure = toModelError(new BrokenConnectionError(200), chosen, NOW_MS);
  assert.equal(failure.kind, "network");
  assert.match(failure.message, /the connection to Test Provider broke off$/);
});

test("toModelError() believes the status inside of an error that came with status 200", () => {
  const failure = toModelError(
    apiError(200, { error: { message: "x", code: 503 } }),
    chosen,
    NOW_MS,
  );
  assert.equal(failure.kind, "overloaded");
  assert.equal(failure.status, 503);
});

test("toModelError() knows a web page by its type, too", () => {
  const headers = { "content-type": "text/html" };
  const failure = toModelError(apiError(404, "<!-- hidden --> page", headers), chosen, NOW_MS);
  assert.match(failure.message, /a web page/);
  assert.doesNotMatch(failure.message, /hidden/);
});

test("toModelError() does not quote an answer that could not be parsed", () => {
  const error = Object.assign(new Error("JSON parsing failed: Text: my diary"), {
    name: "AI_JSONParseError",
  });
  const failure = toModelError(error, chosen, NOW_MS);
  assert.equal(failure.kind, "bad_answer");
  assert.doesNotMatch(failure.message, /diary/);
});

test("toModelError() gives a ModelError back, and throws a bug on", () => {
  const failure = new ModelError("refused", "no", { hint: "Ask otherwise." });
  assert.equal(toModelError(failure, chosen, NOW_MS), failure);
  const bug = new TypeError("undefined is not a function");
  assert.throws(() => toModelError(bug, chosen, NOW_MS), bug);
});

test("toModelError() carries how long the provider asks to wait", () => {
  const error = apiError(429, {}, { "retry-after": "7" });
  assert.equal(toModelError(error, chosen, NOW_MS).retryAfterMs, 7_000);
});

/** An error as the library throws it. */
function apiError(status: number, body: unknown, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error("the library's own words"), {
    name: "AI_APICallError",
    statusCode: status,
    responseHeaders: headers,
    responseBody: typeof body === "string" ? body : JSON.stringify(body),
  });
}
