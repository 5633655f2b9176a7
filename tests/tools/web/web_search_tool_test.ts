import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/runtime/clock.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import type { SearchBackend } from "../../../src/tools/web/search_backend.ts";
import { brave, duckDuckGo, exa, searxng, tavily } from "../../../src/tools/web/search_backends.ts";
import { createWebSearchTool } from "../../../src/tools/web/web_search_tool.ts";
import { toolContext } from "../../support/tool_context.ts";
import { type SeenRequest, startWeb, type WebAnswer } from "./web_lab.ts";

const { signal } = new AbortController();
const deps = { fetch, clock: systemClock };
const KEY = new Secret("key-of-the-tests");

function json(value: unknown): WebAnswer {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

const DUCK =
  `<div class="result result--ad"><a class="result__a" href="https://duckduckgo.com/y.js?ad=1">Ad</a></div>
<div class="result"><a class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2F1">One <b>hit</b></a>
<a class="result__snippet">About  <b>one</b></a></div>`;

interface Case {
  readonly name: string;
  readonly path: string;
  readonly answer: WebAnswer;
  readonly open: (url: string) => SearchBackend;
  readonly asked: (request: SeenRequest) => boolean;
}

const cases: readonly Case[] = [
  {
    name: "SearXNG",
    path: "/search",
    answer: json({
      results: [{ title: "One hit", url: "https://a.example/1", content: "About one" }],
    }),
    open: (url) => searxng(`${url}/`, deps),
    asked: ({ url }) => url === "/search?q=two+words&format=json",
  },
  {
    name: "Brave",
    path: "/res/v1/web/search",
    answer: json({
      web: {
        results: [{
          title: "One <strong>hit</strong>",
          url: "https://a.example/1",
          description: "About one",
        }],
      },
    }),
    open: (url) => brave(KEY, deps, url),
    asked: ({ url, headers }) =>
      url.endsWith("?q=two+words&count=3") && headers["x-subscription-token"] === KEY.reveal(),
  },
  {
    name: "Tavily",
    path: "/search",
    answer: json({
      results: [{ title: "One hit", url: "https://a.example/1", content: "About one" }],
    }),
    open: (url) => tavily(KEY, deps, url),
    asked: ({ body, headers }) =>
      body === '{"query":"two words","max_results":3}' &&
      headers.authorization === `Bearer ${KEY.reveal()}`,
  },
  {
    name: "Exa",
    path: "/search",
    answer: json({
      results: [{ title: "One hit", url: "https://a.example/1", text: "About one" }],
    }),
    open: (url) => exa(KEY, deps, url),
    asked: ({ body, headers }) =>
      JSON.parse(body).numResults === 3 && headers["x-api-key"] === KEY.reveal(),
  },
  {
    name: "DuckDuckGo",
    path: "/html/",
    answer: { body: DUCK },
    open: (url) => duckDuckGo(deps, url),
    asked: ({ method, body }) => method === "POST" && body === "q=two+words",
  },
];
for (const { name, path, answer, open, asked } of cases) {
  test(`[P153] web_search asks ${name} in its own words, and reads its answer`, async () => {
    await using web = await startWeb({ [path]: answer });
    const tool = createWebSearchTool(open(web.url));
    const input = tool.input.parse({ query: "two words", limit: 3 });
    const text = await tool.run(input, toolContext(), signal);
    assert.equal(text, "1. One hit\n   https://a.example/1\n   About one");
    const [request] = web.requests;
    assert.ok(request !== undefined && asked(request), JSON.stringify(request));
  });

  test(`[P153] web_search says what is wrong when ${name} does not answer well`, async () => {
    const search = async (broken: WebAnswer) => {
      await using web = await startWeb({ [path]: broken });
      return await open(web.url).search("x", 3, signal);
    };
    await assert.rejects(search({ status: 401 }), new RegExp(`${name}: it refuses the key`));
    await assert.rejects(search({ status: 500 }), /HTTP 500/);
    if (name !== "DuckDuckGo") await assert.rejects(search({ body: "<html>" }), /not JSON/);
    else assert.deepEqual(await search({ body: "<html>nothing</html>" }), []);
  });
}
