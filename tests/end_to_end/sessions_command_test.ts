import assert from "node:assert/strict";
import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { ModelServer } from "../support/model_server.ts";
import { tempDir } from "../support/temp_dir.ts";

test("[P167] hermes sessions finds, shows, exports and deletes what was said in the terminal", async () => {
  await using dir = await tempDir();
  const model = await ModelServer.start();
  const run = (...args: string[]) => runBinary(args, { env: { HERMES_HOME: dir.path } });
  try {
    await writeFile(
      join(dir.path, "config.yaml"),
      `model:\n  provider: custom\n  default: test-model\n  base_url: ${model.url}\n`,
    );
    await run("chat", "-q", "the kiwi is green");
    await run("chat", "-q", "the plum is blue");
  } finally {
    await model.close();
  }
  const list = async (...args: string[]) =>
    JSON.parse((await run("sessions", ...args, "--json")).stdout).sessions;
  assert.equal((await list("list")).length, 2);
  assert.equal((await list("list", "--limit", "1")).length, 1);
  assert.deepEqual(await list("list", "--source", "mattermost"), []);
  const [{ id, title, source }] = await list("search", "plum");
  assert.deepEqual([title, source], ["the plum is blue", "cli"]);

  assert.match((await run("sessions")).stdout, new RegExp(`^${id}  cli .*the plum is blue$`, "m"));
  const shown = await run("sessions", "show", id);
  assert.match(shown.stdout, /^Person .*\nthe plum is blue\n\nHermes .*\nheard: the plum is blue/);
  const [header] = (await run("sessions", "export", id)).stdout.split("\n");
  assert.equal(JSON.parse(header ?? "").id, id);
  assert.match((await run("sessions", "export", id, "--format", "markdown")).stdout, /^# the plum/);

  assert.equal((await run("sessions", "rename", id, "Blue", "plums")).exitCode, 0);
  assert.match((await run("sessions", "show", "blue")).stdout, /the plum is blue/);
  assert.equal((await list("list", "--limit", "1"))[0].title, "Blue plums");
  assert.match((await run("sessions", "stats")).stdout, /^cli +2 conversations, 4 messages/m);
  assert.match(
    (await run("sessions", "prune", "--yes")).stdout,
    /No conversation is older than 90/,
  );

  assert.equal((await run("sessions", "delete", id)).exitCode, 2);
  assert.equal((await list("list")).length, 2);
  assert.equal((await run("sessions", "delete", id, "--yes")).exitCode, 0);
  assert.deepEqual((await list("list")).map((each: { title: string }) => each.title), [
    "the kiwi is green",
  ]);
  const index = await readFile(join(dir.path, "sessions", "cli", "index.jsonl"), "utf8");
  assert.match(index, new RegExp(`{"removedId":"${id}"}\n$`));
  const [left] = await list("list");
  const file = join(dir.path, "sessions", "cli", `${left.id}.jsonl`);
  const longAgo = new Date(Date.now() - 91 * 86_400_000);
  await utimes(file, longAgo, longAgo);
  assert.match((await run("sessions", "prune")).stderr, /add --yes to delete 1 conversation/);
  assert.match((await run("sessions", "prune", "--yes")).stdout, /Deleted 1 conversation\./);
  assert.deepEqual(await list("list"), []);
});

test("[P167] hermes sessions says in one sentence what it cannot do", async () => {
  await using dir = await tempDir();
  const run = (...args: string[]) => runBinary(args, { env: { HERMES_HOME: dir.path } });
  for (
    const [args, exitCode, words] of [
      [["show", "2020"], 1, /there is none/],
      [["show", "7"], 1, /there is none/],
      [["prune", "--older-than", "soon"], 2, /no whole number of days/],
      [["list", "--limit", "none"], 2, /no whole number/],
      [["list", "--source", "mail"], 2, /Give mattermost or cli/],
      [["export", "2020", "--format", "pdf"], 2, /Give jsonl or markdown/],
    ] as const
  ) {
    const result = await run("sessions", ...args);
    assert.equal(result.exitCode, exitCode);
    assert.match(result.stderr, words);
  }
});

test("[P167] hermes sessions reads beside a gateway, and deletes nothing under it", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  await lab.ask(gateway, "alice", "the fig is ripe");
  const run = (...args: string[]) => runBinary(args, { env: { HERMES_HOME: gateway.home } });
  const { stdout } = await run("sessions", "list", "--json");
  const [{ id, source }] = JSON.parse(stdout).sessions;
  assert.equal(source, "mattermost");
  const refused = await run("sessions", "delete", id, "--yes");
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /the gateway runs/);
  assert.equal((await run("sessions", "show", id)).exitCode, 0);
});
