import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { RestAnswer } from "../../src/sandbox/faults.ts";
import type { Post } from "../../src/sandbox/records.ts";
import { type BinaryResult, runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { STATE_DIR, writeHome } from "../support/gateway_process.ts";
import { tempDir } from "../support/temp_dir.ts";

type Send = (args: readonly string[], input?: string) => Promise<BinaryResult>;

function sender(home: string): Send {
  const env = { HERMES_HOME: home, XDG_STATE_HOME: STATE_DIR };
  return (args, input = "") => runBinary(["send", ...args], { env, input });
}

function postOf(lab: BinaryLab, { exitCode, stdout, stderr }: BinaryResult): Post {
  const post = lab.sandbox.world.posts.get(stdout.trim().split("\n")[0] ?? "");
  assert.ok(post !== undefined, `${exitCode} ${stdout} ${stderr}`);
  return post;
}

function sentCount(lab: BinaryLab, text: string): number {
  return [...lab.sandbox.world.posts.values()].filter(({ message }) => message === text).length;
}

test("[P244] !sethome works in a channel, a direct message and a thread, at once and for good", async () => {
  await using lab = await BinaryLab.open();
  const { sandbox } = lab;
  const alice = sandbox.as("alice");
  await using gateway = await lab.connected();
  const send = sender(gateway.home);
  const envFile = join(gateway.home, ".env");
  const before = await readFile(envFile, "utf8");
  assert.match((await send(["hello"])).stderr, /no home channel is set/);

  const inChannel = alice.post({ channel: "general", message: "@hermes /sethome" });
  await gateway.answered(inChannel.id);
  assert.match(lab.answersTo(inChannel)[0]?.message ?? "", /^🏠 This channel is my home now/);
  const general = inChannel.channel_id;
  assert.equal(await readFile(envFile, "utf8"), `${before}MATTERMOST_HOME_CHANNEL=${general}\n`);
  assert.equal(postOf(lab, await send(["to general"])).channel_id, general);

  const inThread = alice.post({
    channel: "general",
    rootId: inChannel.id,
    message: "@hermes !sethome thread",
  });
  await gateway.answered(inThread.id);
  const threaded = postOf(lab, await send(["--to", "home", "to the thread"]));
  assert.equal(threaded.root_id, inChannel.id);

  assert.match(await lab.ask(gateway, "alice", " /sethome"), /My home is this direct message/);
  const direct = alice.direct("hermes").id;
  assert.equal(postOf(lab, await send(["to alice"])).channel_id, direct);
  assert.equal(await readFile(envFile, "utf8"), `${before}MATTERMOST_HOME_CHANNEL=${direct}\n`);

  await gateway.stop();
  await using again = await lab.connected({ home: gateway.home, keepFiles: true });
  const after = postOf(lab, await send(["after a restart"]));
  assert.equal(after.channel_id, direct);
  await lab.ask(again, "alice", "what was that?");
  assert.match(lab.model.requests.at(-1)?.body ?? "", /after a restart/);
});

test("[P246] hermes send posts by the gateway and without one, prints the ids, and says what failed", async () => {
  await using lab = await BinaryLab.open();
  const { sandbox } = lab;
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  await writeHome(home, lab.workplace, lab.model);
  const send = sender(home);
  const file = join(dir.path, "report.txt");
  await writeFile(file, "42");
  const check = async (how: string) => {
    const said = postOf(lab, await send(["--to", "~general", "Hello", how]));
    assert.equal(said.message, `Hello ${how}`);
    const piped = await send(["--to", "@alice", "--subject", "Tests", "--file", file, "-"], how);
    const [text, attached] = piped.stdout.trim().split("\n").map((id) =>
      sandbox.world.posts.get(id)
    );
    assert.equal(text?.message, `**Tests**\n\n${how}`);
    assert.equal(attached?.file_ids?.length, 1);
    const target = `mattermost:${said.channel_id}:${said.id}`;
    const json = JSON.parse((await send(["--to", target, "--json", "below", how])).stdout);
    assert.equal(json.ok, true);
    assert.equal(json.thread_id, said.id);
    assert.equal(sandbox.world.posts.get(json.post_ids[0])?.root_id, said.id);
    const loud = postOf(lab, await send(["--to", "~general", "--notify", "@here"]));
    assert.equal(loud.message, "@here");

    const nowhere = await send(["--to", "~nowhere", "--json", how]);
    assert.equal(nowhere.exitCode, 1);
    assert.equal(JSON.parse(nowhere.stdout).state, "failed");
    assert.match(nowhere.stderr, /^Not posted: there is no channel ~nowhere/);
    assert.equal((await send([how])).exitCode, 1);
    assert.equal((await send(["--to", "~general", "--file", "/nowhere", how])).exitCode, 1);
    for (const args of [["--to", "nothing", how], ["--to", "~general"], ["--wait", "0", how]]) {
      assert.equal((await send(args)).exitCode, 2, args.join(" "));
    }
  };
  await check("directly");
  sandbox.faults.creates = [{ kind: "save_then_reset" }];
  await send(["--to", "~general", "once directly"]);
  await sandbox.goDown();
  const refused = await send(["--to", "~general", "--wait", "1", "never"]);
  assert.equal(refused.exitCode, 1);
  await sandbox.comeUp();

  await using gateway = await lab.connected({ home });
  await check("by the gateway");
  sandbox.faults.creates = [{ kind: "save_then_reset" }];
  await send(["--to", "~general", "once by the gateway"]);
  await sandbox.goDown();
  await gateway.logged("gateway.disconnected");
  const kept = await send(["--to", "~general", "--wait", "1", "late"]);
  assert.equal(kept.exitCode, 1);
  assert.match(kept.stderr, /It is kept, and posted within a day/);
  await gateway.stop("SIGKILL");
  await sandbox.comeUp();
  await using next = await lab.connected({ home, keepFiles: true });
  const late = await sandbox.posted(({ message }) => message === "late");
  const said = { channel: "general", rootId: late.id, message: "no mention is needed here" };
  await next.answered(sandbox.as("alice").post(said).id);
  for (const text of ["once directly", "once by the gateway", "late"]) {
    assert.equal(sentCount(lab, text), 1, text);
  }
  assert.equal(sentCount(lab, "never"), 0);
});

test("[P247] the home channel is told when Hermes starts, stops and has been killed", async () => {
  await using lab = await BinaryLab.open();
  const home = lab.sandbox.world.channelNamed("general");
  const env = { MATTERMOST_HOME_CHANNEL: home?.id ?? "" };
  const told = (words: RegExp) =>
    lab.sandbox.posted((post) => post.channel_id === home?.id && words.test(post.message));
  await using first = await lab.connected({ env });
  await told(/^▶️ Hermes has started/);
  await first.stop("SIGKILL");
  const forget = () => rm(join(first.home, "state", "outbox"), { recursive: true });
  await forget(); // As if it were later: in ten minutes there is one notice of a kind.
  await using second = await lab.connected({ env, home: first.home });
  await told(/^⚠️ Hermes is back\. The last time it ended without a word/);
  await second.stop();
  await told(/^⏹️ Hermes is stopping/);
  await forget();
  await using third = await lab.connected({ env, home: first.home });
  await told(/^▶️ Hermes is back, after a moment/);
  await third.stop();
  const count = lab.sandbox.world.posts.size;
  await using _fourth = await lab.connected({ env, home: first.home });
  const send = sender(first.home);
  await send(["the fourth"]);
  assert.equal(lab.sandbox.world.posts.size, count + 1, "a process that restarts is not a siren");
});

test("[P242] in the binary, too, one post is stored or a failure is told, whatever the server does", async () => {
  await using lab = await BinaryLab.open();
  const { sandbox } = lab;
  const { faults } = sandbox;
  await using gateway = await lab.connected();
  const send = sender(gateway.home);
  const text = "word ".repeat(4_000).trimEnd();
  const passing: readonly RestAnswer[] = [
    { kind: "rate_limited", retryAfterS: 1 },
    { kind: "html", status: 502 },
    { kind: "error", status: 500, id: "app.post.save.app_error" },
    { kind: "reset" },
  ];
  const targets = ["~general", "@alice", "@bob", "lab/secret"]; // Each has a line of its own.
  const sends = passing.map(async (answer, index) => {
    faults.rest.push({ method: "POST", path: /^\/posts$/, times: 1, answer });
    const result = await send(["--to", targets[index] ?? "", "--json", `${index} ${text}`]);
    const outcome = JSON.parse(result.stdout);
    assert.deepEqual([outcome.ok, outcome.post_ids.length], [true, 2], result.stdout);
    const stored = [...sandbox.world.posts.values()].filter(({ message }) =>
      message.startsWith(`${index} word`)
    );
    assert.deepEqual(stored.map(({ id }) => id), [outcome.post_ids[0]]);
  });
  await Promise.all(sends);

  const root = sandbox.as("alice").post({ channel: "general", message: "a thread" });
  sandbox.as("alice").delete(root.id);
  const goneThread = await send(["--to", `mattermost:${root.channel_id}:${root.id}`, "to nobody"]);
  assert.match(goneThread.stderr, /The thread is gone, so it stands in the channel/);
  assert.equal(postOf(lab, goneThread).root_id, "");
  const refusals = [
    ["lab/secret", () => sandbox.as("admin").remove("secret", "hermes"), /no channel lab\/secret/],
    ["~general", () => sandbox.admin.archive("general"), /~general is archived/],
  ] as const;
  for (const [target, happens, reason] of refusals) {
    happens();
    const result = await send(["--to", target, "--json", "never"]);
    assert.equal(result.exitCode, 1);
    assert.match(JSON.parse(result.stdout).error, reason);
  }
  assert.equal(sentCount(lab, "never"), 0);
});
