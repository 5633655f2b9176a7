import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { refuseInjection } from "../../../src/safety/injection.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { systemRandom } from "../../../src/runtime/random.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import { connectServer } from "../../../src/tools/mcp/connect_server.ts";
import { McpServers } from "../../../src/tools/mcp/mcp_servers.ts";
import type { McpServerSettings } from "../../../src/tools/mcp/server_settings.ts";
import { ToolRegistry } from "../../../src/tools/registry.ts";
import type { Tool } from "../../../src/tools/tool.ts";
import { mcpProgram } from "../../support/mcp_program_command.ts";
import { toolContext } from "../../support/tool_context.ts";

const COMMON = {
  enabled: true,
  callMsMax: 20_000,
  connectMsMax: 20_000,
  isConcurrent: false,
  included: [],
  excluded: [],
};
const PROGRAM: McpServerSettings = {
  ...COMMON,
  name: "test",
  kind: "program",
  ...mcpProgram(),
  env: { GIVEN: new Secret("given") },
};

/** The servers, and what their programs say beside their messages. */
function openServers(...settings: readonly McpServerSettings[]) {
  const remarks: string[] = [];
  const deps = {
    environment: { ...process.env, MATTERMOST_TOKEN: "hidden-token", LANG: "C" },
    folder: "/",
    fetch,
    version: "1.0.0",
    onRemark: (_server: string, line: string) => remarks.push(line),
  };
  const servers = new McpServers(settings, {
    connect: (server, signal) => connectServer(server, deps, signal),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    refuse: refuseInjection,
  });
  return { servers, remarks, [Symbol.asyncDispose]: () => servers.close() };
}

function callTool(
  tools: readonly Tool[],
  name: string,
  input: object = {},
  signal = new AbortController().signal,
): Promise<string> {
  const resolved = new ToolRegistry(tools).resolve({ id: "1", name, arguments: input });
  assert(resolved.kind === "ready", `${name} is offered`);
  return resolved.tool.run(resolved.input, toolContext(), signal);
}

test("[P160] the tools of a program are offered by its name and can be called", async () => {
  await using lab = openServers(PROGRAM);
  const tools = await lab.servers.tools();
  assert.equal(tools[0]?.name, "mcp_test_big");
  assert(tools.every((tool) => tool.isUntrusted === true));
  const { descriptions } = new ToolRegistry(tools);
  const echo = descriptions.find(({ name }) => name === "mcp_test_echo");
  assert.deepEqual(echo, {
    name: "mcp_test_echo",
    description: "Does echo.",
    inputSchema: {
      type: "object",
      properties: { text: { type: "string", description: "What to say." } },
    },
  });
  assert.equal(await callTool(tools, "mcp_test_echo", { text: "hi" }), "echo: hi");
  assert.deepEqual(lab.remarks.toSorted(), [
    "Welcome to the test server!",
    "the test server begins",
  ]);
});

test("[P160] results of every kind become text, and failures of a tool are its words", async () => {
  await using lab = openServers(PROGRAM);
  const tools = await lab.servers.tools();
  assert.equal(
    await callTool(tools, "mcp_test_picture"),
    "[image, image/png, 4 bytes: it is not shown]",
  );
  assert.match(await callTool(tools, "mcp_test_data"), /"answer": 42/);
  assert.match(await callTool(tools, "mcp_test_big"), /^x{1000000}\n\n\[Cut: .* 3000000 char/);
  await assert.rejects(callTool(tools, "mcp_test_fail"), { message: "that did not work" });
});

test("[P161] a program inherits no secret of Hermes, only what it needs and what it is given", async () => {
  await using lab = openServers(PROGRAM);
  const told = await callTool(await lab.servers.tools(), "mcp_test_env");
  const environment = JSON.parse(told) as Record<string, string>;
  assert.equal(environment.MATTERMOST_TOKEN, undefined);
  assert.equal(environment.GIVEN, "given");
  assert.equal(environment.LANG, "C");
});

test("[P162] a server that ends in a call costs that call and is there for the next", async () => {
  await using lab = openServers(PROGRAM);
  const tools = await lab.servers.tools();
  await assert.rejects(callTool(tools, "mcp_test_crash"), { code: "tools.mcp" });
  assert.equal(await callTool(tools, "mcp_test_echo", { text: "again" }), "echo: again");
});

test("[P162] a call that hangs ends in time, and three in a row give the server a rest", async () => {
  await using lab = openServers({ ...PROGRAM, callMsMax: 50 });
  const tools = await lab.servers.tools();
  for (let times = 0; times < 3; times++) {
    await assert.rejects(callTool(tools, "mcp_test_hang"), /did not answer in time/);
  }
  await assert.rejects(callTool(tools, "mcp_test_echo", { text: "hi" }), /left alone for a minute/);
});

test("[P162] stopping a turn stops its call", async () => {
  await using lab = openServers(PROGRAM);
  const tools = await lab.servers.tools();
  const stop = new AbortController();
  const called = callTool(tools, "mcp_test_hang", {}, stop.signal);
  stop.abort();
  await assert.rejects(called);
  assert.equal(await callTool(tools, "mcp_test_echo", { text: "on" }), "echo: on");
});

test("[P160] tools are included and excluded by their own names", async () => {
  await using lab = openServers(
    { ...PROGRAM, name: "a", included: ["echo", "env"] },
    { ...PROGRAM, name: "b", included: ["echo", "env"], excluded: ["env"] },
    { ...PROGRAM, name: "c", enabled: false },
  );
  const names = (await lab.servers.tools()).map(({ name }) => name);
  assert.deepEqual(names, ["mcp_a_echo", "mcp_a_env", "mcp_b_echo"]);
});

test("[P163] a server that does not start neither delays the others nor hides them", async () => {
  const broken = { ...PROGRAM, name: "broken", command: "/nowhere/program" };
  await using lab = openServers(broken, { ...PROGRAM, included: ["echo"] });
  const beganMs = systemClock.nowMs();
  assert.deepEqual((await lab.servers.tools()).map(({ name }) => name), ["mcp_test_echo"]);
  assert(systemClock.nowMs() - beganMs < 5_000);
});

test("[P160] a server with an address is sent the headers of the settings", async () => {
  const headers: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    headers.push(request.headers.authorization);
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method !== "POST") return response.writeHead(405).end();
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return response.writeHead(202).end();
    const tools = [{ name: "ask", inputSchema: { type: "object" } }];
    const result = method === "initialize"
      ? {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "http", version: "1" },
      }
      : method === "tools/list"
      ? { tools }
      : { content: [{ type: "text", text: "from afar" }] };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await using lab = openServers({
      ...COMMON,
      name: "http",
      kind: "http",
      url: `http://127.0.0.1:${port}/mcp`,
      headers: { Authorization: new Secret("Bearer abc") },
    });
    const tools = await lab.servers.tools();
    assert.equal(await callTool(tools, "mcp_http_ask"), "from afar");
    assert(headers.length >= 3 && headers.every((header) => header === "Bearer abc"));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test("[P163] what a server offers later is there for later sessions", async () => {
  await using lab = openServers(PROGRAM);
  const tools = await lab.servers.tools();
  await callTool(tools, "mcp_test_grow");
  const offered = async () => (await lab.servers.tools()).map(({ name }) => name);
  while (!(await offered()).includes("mcp_test_grown")) {
    await callTool(tools, "mcp_test_echo", { text: "wait" });
  }
  assert(!tools.some(({ name }) => name === "mcp_test_grown"));
});
