import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { mcpProgram } from "../support/mcp_program_command.ts";
import { tempDir } from "../support/temp_dir.ts";

async function lab() {
  const dir = await tempDir();
  const run = (...args: string[]) => runBinary(args, { env: { HERMES_HOME: dir.path } });
  const config = join(dir.path, "config.yaml");
  return { config, run, [Symbol.asyncDispose]: dir[Symbol.asyncDispose] };
}

test("[P164] hermes mcp adds, lists, tries and removes a program, and keeps the rest of the file", async () => {
  await using at = await lab();
  await writeFile(at.config, "# Mine.\nagent:\n  max_turns: 12\n");
  const { command, args } = mcpProgram();
  const added = await at.run("mcp", "add", "test", "--command", command, "--", ...args);
  assert.equal(added.exitCode, 0, added.stderr);
  const listed = JSON.parse((await at.run("mcp", "list", "--json")).stdout);
  assert.deepEqual(listed.servers, [{ name: "test", enabled: true, command, args, env: [] }]);
  const tried = await at.run("mcp", "test", "test", "--json");
  assert.equal(tried.exitCode, 0, tried.stderr);
  assert.match(tried.stderr, /^test: Welcome to the test server!$/m);
  const { tools } = JSON.parse(tried.stdout);
  assert(tools.some(({ name }: { name: string }) => name === "mcp_test_echo"));
  assert.equal((await at.run("mcp", "remove", "test")).exitCode, 0);
  assert.match((await at.run("mcp")).stdout, /There are no MCP servers/);
  assert.match(await readFile(at.config, "utf8"), /# Mine\.\nagent:\n {2}max_turns: 12\n/);
});

test("[P141] hermes tools switches the tools of a server off and on", async () => {
  await using at = await lab();
  const { command, args } = mcpProgram();
  await at.run("mcp", "add", "test", "--command", command, "--", ...args);
  const enabled = async () => {
    const { servers } = JSON.parse((await at.run("tools", "--json")).stdout);
    return servers;
  };
  const on = { mattermost: true, cli: true, cron: true };
  assert.deepEqual(await enabled(), [{ name: "mcp-test", enabled: on }]);
  assert.equal((await at.run("tools", "disable", "mcp-test")).exitCode, 0);
  const off = { mattermost: false, cli: false, cron: false };
  assert.deepEqual(await enabled(), [{ name: "mcp-test", enabled: off }]);
  assert.match((await at.run("tools")).stdout, /^mcp-test +off +off +off /m);
  assert.equal((await at.run("tools", "enable", "mcp-test")).exitCode, 0);
  assert.deepEqual(await enabled(), [{ name: "mcp-test", enabled: on }]);
});

test("[P164] hermes mcp shows no header, and takes no secret into config.yaml", async () => {
  await using at = await lab();
  const header = (value: string) => ["--header", `Authorization: ${value}`];
  const add = ["mcp", "add", "wiki", "--url", "http://127.0.0.1:9/mcp"];
  const refused = await at.run(...add, ...header("Bearer abcdef123456"));
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /^Authorization looks like a secret: put it into \.env/);
  await writeFile(join(at.config, "..", ".env"), "WIKI_TOKEN=abcdef123456\n");
  const added = await at.run(...add, ...header("Bearer ${WIKI_TOKEN}"));
  assert.equal(added.exitCode, 0, added.stderr);
  const { stdout } = await at.run("mcp", "list", "--json");
  assert.deepEqual(JSON.parse(stdout).servers[0].headers, ["Authorization"]);
  assert(!stdout.includes("abcdef"));
  const tried = await at.run("mcp", "test", "wiki");
  assert.equal(tried.exitCode, 1);
  assert.match(tried.stderr, /^Cannot use the MCP server "wiki": Cannot reach 127\.0\.0\.1:9/);
});

test("[P164] hermes mcp says in one sentence what is wrong", async () => {
  await using at = await lab();
  const both = await at.run("mcp", "add", "x", "--url", "http://127.0.0.1/", "--command", "y");
  assert.deepEqual([both.exitCode, both.stderr.split("\n").length], [2, 2]);
  const unknown = await at.run("mcp", "test", "nothing");
  assert.equal(unknown.exitCode, 1);
  assert.match(unknown.stderr, /^There is no MCP server called "nothing"/);
  const missing = await at.run("mcp", "add", "none", "--command", "/nowhere/program");
  assert.equal(missing.exitCode, 0);
  const tried = await at.run("mcp", "test", "none");
  assert.equal(tried.exitCode, 1);
  assert.match(tried.stderr, /its program "\/nowhere\/program" does not start \(ENOENT\)/);
});
