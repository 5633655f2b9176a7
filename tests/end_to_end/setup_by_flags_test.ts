import assert from "node:assert/strict";
import { test } from "node:test";
import { SetupWorkbench } from "./setup_workbench.ts";

test("[P70] hermes setup by flags: writes, greets, and prints what it did as JSON", async () => {
  await using bench = await SetupWorkbench.open();
  const { sandbox, model } = bench.lab;
  const args = [
    ...["--url", `${sandbox.url}/`, "--token-stdin", "--allow", "@alice,bob@example.test"],
    ...["--home-channel", "~general", "--reply-mode", "thread"],
    ...["--base-url", model.url, "--model", "test-model", "--api-key-stdin"],
    ...["--greet", "--yes", "--json"],
  ];
  const { exitCode, stdout, stderr } = await bench.setUpByFlags(
    args,
    `${bench.token}\nsk-canary-key\n`,
  );
  assert.equal(exitCode, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual(report.greeted, ["@alice", "@bob"]);
  assert.deepEqual([report.server, report.bot, report.model], [
    sandbox.url,
    "hermes",
    "test-model",
  ]);
  assert.equal(report.gateway, "not_started");
  assert.deepEqual(
    report.written.map(({ name }: { name: string }) => name).sort(),
    [
      "MATTERMOST_ALLOWED_USERS",
      "MATTERMOST_HOME_CHANNEL",
      "MATTERMOST_REPLY_MODE",
      "MATTERMOST_TOKEN",
      "MATTERMOST_URL",
      "MODEL_API_KEY",
      "model.api_key",
      "model.base_url",
      "model.default",
      "model.provider",
    ],
  );
  assert.doesNotMatch(stdout + stderr, new RegExp(`${bench.token}|sk-canary-key`));
  assert.equal(await bench.answers("hello"), "heard: hello");
});

test("[P70] hermes setup without a terminal names all that is missing at once, and exits with 2", async () => {
  await using bench = await SetupWorkbench.open();
  const { exitCode, stdout, stderr } = await bench.setUpByFlags([]);
  assert.equal(exitCode, 2);
  assert.equal(stdout, "");
  for (const flag of ["--url URL", "--token-stdin", "--allow PEOPLE", "--provider ID"]) {
    assert.match(stderr, new RegExp(`^  ${flag} `, "m"));
  }
  assert.deepEqual(await bench.files(), {});
});

test("[P70] hermes setup by flags shows what it would write, and exits with 2 without --yes", async () => {
  await using bench = await SetupWorkbench.open();
  const { sandbox, model } = bench.lab;
  const args = ["--url", sandbox.url, "--allow-nobody", "--base-url", model.url, "--model", "m"];
  const env = { MATTERMOST_TOKEN: bench.token };
  const { exitCode, stderr } = await bench.setUpByFlags(args, "", env);
  assert.equal(exitCode, 2);
  assert.match(stderr, /MATTERMOST_TOKEN = \*\*\* \(@hermes\)/);
  assert.match(stderr, /Nothing was written: add --yes to write this\.\n$/);
  assert.deepEqual(await bench.files(), {});
  const written = await bench.setUpByFlags([...args, "--yes"], "", env);
  assert.equal(written.exitCode, 0, written.stderr);
  assert.match(
    (await bench.files())[".env"] ?? "",
    new RegExp(`^MATTERMOST_TOKEN=${bench.token}$`, "m"),
  );
  const again = await bench.setUpByFlags(["--reply-mode", "thread", "--yes"]);
  assert.equal(again.exitCode, 0, again.stderr);
  assert.match((await bench.files())[".env"] ?? "", /^MATTERMOST_REPLY_MODE=thread$/m);
});

/** What is right on the command line, and can be replaced by something wrong. */
interface GoodFlags {
  readonly url: readonly string[];
  readonly people: readonly string[];
  readonly model: readonly string[];
  readonly more: readonly string[];
}

const wrongFlags: readonly [
  what: string,
  flags: Partial<GoodFlags>,
  exitCode: number,
  says: RegExp,
][] = [
  ["no scheme", { url: ["--url", "chat.example.com"] }, 2, /^The address does not begin/],
  ["nobody there", { url: ["--url", "http://127.0.0.1:2"] }, 1, /refused\.\n {2}.*--no-check/],
  ["no CA file", { more: ["--ca-file", "/nowhere"] }, 1, /CA file "\/nowhere": no such file/],
  ["strangers", { people: ["--allow", "@nobody,alice"] }, 1, /nobody called "@nobody"/],
  ["the bot itself", { people: ["--allow", "@hermes"] }, 1, /@hermes is the bot itself/],
  ["no such channel", { more: ["--home-channel", "~nowhere"] }, 1, /no channel "~nowhere"/],
  ["an unknown provider", { model: ["--provider", "nobody"] }, 2, /provider "nobody" is unknown/],
  ["two kinds of people", { more: ["--allow-everyone"] }, 2, /cannot be used with/],
  ["another reply mode", { more: ["--reply-mode", "never"] }, 2, /Allowed choices are off, thread/],
];
for (const [what, flags, expected, says] of wrongFlags) {
  test(`[P70] hermes setup by flags refuses ${what} in one sentence, with ${expected}`, async () => {
    await using bench = await SetupWorkbench.open();
    const { sandbox, model } = bench.lab;
    const { url, people, model: modelFlags, more }: GoodFlags = {
      url: ["--url", sandbox.url],
      people: ["--allow", "alice"],
      model: ["--base-url", model.url, "--model", "m"],
      more: [],
      ...flags,
    };
    const args = [...url, ...people, ...modelFlags, ...more, "--yes"];
    const env = { MATTERMOST_TOKEN: bench.token };
    const { exitCode, stderr } = await bench.setUpByFlags(args, "", env);
    assert.match(stderr, says);
    assert.equal(exitCode, expected, stderr);
    assert.deepEqual(await bench.files(), {});
  });
}

test("hermes setup says that it may not write, before it asks any server", async () => {
  await using bench = await SetupWorkbench.open();
  const args = ["--url", bench.lab.sandbox.url, "--allow-nobody", "--provider", "ollama"];
  const env = { HERMES_HOME: "/dev/null/home", MATTERMOST_TOKEN: bench.token };
  const { exitCode, stderr } = await bench.setUpByFlags([...args, "--model", "m"], "", env);
  assert.equal(exitCode, 1);
  assert.match(stderr, /^Cannot write "\/dev\/null\/home": a part of the path is not a folder\.\n/);
  assert.deepEqual(bench.lab.sandbox.requests, []);
});

test("hermes setup --no-check asks no server, and takes ids as they are", async () => {
  await using bench = await SetupWorkbench.open();
  const { alice } = bench.lab.workplace;
  const args = ["--no-check", "--url", "https://chat.example.com", "--token-stdin", "--allow"];
  const model = ["--provider", "ollama", "--model", "qwen3", "--yes"];
  const named = await bench.setUpByFlags([...args, "@alice", ...model], "tok-en\n");
  assert.equal(named.exitCode, 2);
  assert.match(named.stderr, /"@alice" is not an id/);
  const { exitCode, stderr } = await bench.setUpByFlags([...args, alice.id, ...model], "tok-en\n");
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(bench.lab.sandbox.requests, []);
  assert.match(
    (await bench.files())[".env"] ?? "",
    new RegExp(`MATTERMOST_ALLOWED_USERS=${alice.id}`),
  );
});

test("hermes setup --install-service says what keeps it from that, and exits with 1", async () => {
  await using bench = await SetupWorkbench.open();
  await bench.hideServices();
  const { sandbox, model } = bench.lab;
  const args = ["--url", sandbox.url, "--token-stdin", "--allow", "alice", "--install-service"];
  const { exitCode, stdout } = await bench.setUpByFlags(
    [...args, "--base-url", model.url, "--model", "m", "--yes", "--json"],
    `${bench.token}\n`,
    bench.noServices,
  );
  assert.equal(exitCode, 1);
  assert.equal(JSON.parse(stdout).gateway, "failed");
  assert.match((await bench.files())[".env"] ?? "", /^MATTERMOST_URL=/);
});
