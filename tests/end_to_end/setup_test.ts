import assert from "node:assert/strict";
import { test } from "node:test";
import { certificatePath, pem } from "../runtime/servers.ts";
import { runBinary } from "../support/binary.ts";
import { noTerminal } from "../support/driven_process.ts";
import { FakeSystemd } from "../support/fake_systemd.ts";
import { CLEAR, CTRL_C, CTRL_D, DOWN, ENTER, ESCAPE, type KeyStep, UP } from "./setup_terminal.ts";
import { SetupWorkbench } from "./setup_workbench.ts";

/** Every question once, answered rightly. The lists are the seeded ones: see `seedLab`. */
function plainSteps({ lab, token }: SetupWorkbench): KeyStep[] {
  return [
    [/Which platform\?/, ENTER],
    [/Address of your Mattermost server/, CLEAR + lab.sandbox.url + ENTER],
    [/Token of the bot/, token + ENTER],
    [/Who may talk to the bot\?/, ENTER],
    [/user names or e-mail addresses/, `@alice, bob@example.test${ENTER}`],
    [/Home channel/, DOWN + ENTER],
    [/Where does the bot answer/, DOWN + ENTER],
    [/Which model answers\?/, UP + UP + ENTER],
    [/Address of the model server/, lab.model.url + ENTER],
    [/API key/, `sk-canary-key${ENTER}`],
    [/Which model of/, ENTER],
    [/Write it\?/, ENTER],
  ];
}

/** "Not now" is the last of them, whatever this machine can do. */
const REST: readonly KeyStep[] = [
  [/Start the bot\?/, UP + ENTER],
  [/say hello to @alice, @bob\?/, `y${ENTER}`],
];

test("[P65] hermes gateway setup in a terminal: the gateway answers with what it wrote", {
  skip: noTerminal,
}, async () => {
  await using bench = await SetupWorkbench.open();
  await bench.writeOwnFiles();
  const terminal = bench.setUp();
  await terminal.answer([...plainSteps(bench), ...REST]);
  const { exitCode } = await terminal.process.ended;
  assert.equal(exitCode, 0, terminal.process.seen);
  assert.match(terminal.process.seen, /Set up\./);

  const { alice, bob } = bench.lab.workplace;
  const general = bench.lab.sandbox.world.channelNamed("general")?.id;
  const files = await bench.files();
  assert.equal(
    files[".env"],
    [
      "# The bot of the lab",
      'OTHER_TOOL="two words" # not ours',
      `MATTERMOST_URL=${bench.lab.sandbox.url}\r`,
      "MATTERMOST_REPLY_MODE=off",
      "export MATTERMOST_REPLY_MODE='thread'",
      ...[
        `MATTERMOST_TOKEN=${bench.token}`,
        `MATTERMOST_ALLOWED_USERS=${alice.id},${bob.id}`,
        `MATTERMOST_HOME_CHANNEL=${general}`,
        "MODEL_API_KEY=sk-canary-key",
      ].map((line) => `${line}\r`),
      "",
    ].join("\n"),
  );
  const yaml = files["config.yaml"] ?? "";
  assert.ok(
    yaml.startsWith("# By hand\r\nagent:\r\n  max_turns: 12   # enough\r\nmine: {a: 1}\r\n"),
  );
  assert.match(yaml, /default: test-model/);
  const greetings = [...bench.lab.sandbox.world.posts.values()]
    .filter((post) => post.message.startsWith("Hello, I am @hermes"));
  assert.equal(greetings.length, 2);
  assert.doesNotMatch(terminal.process.output.stdout, new RegExp(`${bench.token}|sk-canary-key`));
  assert.equal(await bench.answers("hello"), "heard: hello");
});

test("[P66] hermes gateway setup in a terminal: every wrong answer once, and it still gets there", {
  skip: noTerminal,
}, async () => {
  await using bench = await SetupWorkbench.open({
    tls: { key: pem("server_key"), cert: pem("server") },
  });
  const { sandbox, model } = bench.lab;
  sandbox.admin.deactivate("mallory");
  const failures = [{ kind: "failure", status: 401, message: "no" }] as const;
  let asked = 0;
  model.answer = () => failures[asked++] ?? { kind: "text", text: "ready" };
  const url = sandbox.url;
  const terminal = bench.setUp();
  await terminal.answer([
    [/Which platform\?/, ENTER],
    [/Address of your/, `not an address${ENTER}`],
    [/Address of your/, `${CLEAR}http://127.0.0.1:2${ENTER}`],
    [/Address of your/, `${CLEAR}${url.replace("https://", "")}${ENTER}`],
    [/does not begin with https:\/\/ or http:\/\/\. Use/, `n`],
    [/Address of your/, `${CLEAR}${url}/lab/channels/general${ENTER}`],
    [/What now\?/, ENTER],
    [/Path of the PEM file/, `/nowhere${ENTER}`],
    [/Path of the PEM file/, `${CLEAR}${certificatePath("ca")}${ENTER}`],
    [/Token of the bot/, ENTER],
    [/Token of the bot/, `two words${ENTER}`],
    [/Token of the bot/, `${"q".repeat(26)}${ENTER}`],
    [/Token of the bot/, sandbox.token("alice").reveal() + ENTER],
    [/Use it all the same\?/, "n"],
    [/Token of the bot/, bench.token + ENTER],
    [/Who may talk/, DOWN + ENTER],
    [/Is that what you want\?/, "n"],
    [/Who may talk/, ENTER],
    [/user names/, ENTER],
    [/user names/, `alice @nobody mallory @hermes${ENTER}`],
    [/user names/, `${CLEAR}alice${ENTER}`],
    [/Home channel/, UP + ENTER],
    [/The channel: ~name/, `~nowhere${ENTER}`],
    [/The channel: ~name/, `${CLEAR}~general${ENTER}`],
    [/Where does the bot answer/, ENTER],
    [/Which model answers\?/, UP + UP + ENTER],
    [/Address of the model server/, `localhost${ENTER}`],
    [/Address of the model server/, CLEAR + model.url + ENTER],
    [/API key/, `two words${ENTER}`],
    [/API key/, ENTER],
    [/Which model of/, UP + ENTER],
    [/Id of the model/, ENTER],
    [/Id of the model/, `test-model${ENTER}`],
    [/What now\?/, DOWN + ENTER],
    [/API key/, `sk-good${ENTER}`],
    [/Write it\?/, ENTER],
    [/Start the bot\?/, UP + ENTER],
    [/say hello to @alice\?/, "n"],
  ]);
  const { exitCode } = await terminal.process.ended;
  const { seen } = terminal.process;
  assert.equal(exitCode, 0, seen);
  const { ".env": env = "", "config.yaml": yaml = "" } = await bench.files();
  assert.match(env, new RegExp(`^MATTERMOST_URL=${url}\nMATTERMOST_TOKEN=${bench.token}\n`));
  assert.match(env, /^MODEL_API_KEY=sk-good$/m);
  assert.match(yaml, new RegExp(`ca_file: ${certificatePath("ca")}`));
  assert.equal(await bench.answers("hello"), "ready");
});

test(
  "[P67] Ctrl-C, Ctrl-D and Esc at any question of the setup end it with 130 and change nothing",
  {
    skip: noTerminal,
  },
  async () => {
    await using bench = await SetupWorkbench.open();
    await bench.writeOwnFiles();
    const before = await bench.files();
    const steps = plainSteps(bench);
    const keys = [CTRL_C, CTRL_D, ESCAPE];
    const cases = steps.flatMap(([question], index) =>
      keys.map((key) => ({ question, index, key }))
    );
    for (const { question, index, key } of cases) {
      const terminal = bench.setUp();
      await terminal.answer(steps.slice(0, index));
      await terminal.asked(question);
      terminal.process.write(key);
      const { exitCode, stdout } = await terminal.process.ended;
      assert.equal(exitCode, 130, `${question}`);
      assert.match(stdout, /Nothing was changed\.\s*$/);
      assert.deepEqual(await bench.files(), before, `${question}`);
    }
  },
);

test("[P67] Ctrl-C while the setup waits for a server ends it with 130 and changes nothing", {
  skip: noTerminal,
}, async () => {
  await using bench = await SetupWorkbench.open();
  bench.lab.sandbox.faults.rest.push({ answer: { kind: "delay", durationMs: 60_000 } });
  const terminal = bench.setUp({ args: ["--url", bench.lab.sandbox.url] });
  await terminal.process.printed(/Asking the server…/);
  terminal.process.write(`too early${CTRL_C}`);
  const { exitCode, stdout } = await terminal.process.ended;
  assert.equal(exitCode, 130);
  assert.match(stdout, /Nothing was changed\.\s*$/);
  assert.doesNotMatch(stdout, /too early/, "what is typed too early does not show");
  assert.deepEqual(await bench.files(), {});
});

test("[P74] the setup keeps within 40 columns, and shows no colour with NO_COLOR", {
  skip: noTerminal,
}, async () => {
  await using bench = await SetupWorkbench.open();
  const terminal = bench.setUp({ columns: 40, env: { NO_COLOR: "1" } });
  const wrong: KeyStep[] = plainSteps(bench).flatMap((step): KeyStep[] =>
    /user names/.test(String(step[0]))
      ? [[step[0], `@nobody,@hermes${ENTER}`], [step[0], CLEAR + step[1]]]
      : [step]
  );
  await terminal.answer([...wrong, ...REST]);
  const { exitCode } = await terminal.process.ended;
  const { seen, output } = terminal.process;
  assert.equal(exitCode, 0, seen);
  // deno-lint-ignore no-control-regex -- that is what is looked for.
  assert.doesNotMatch(output.stdout, /\x1b\[[\d;]*m/);
  const frameless = seen.split("\n").filter((row) => !/^(?:[┌│└◇◆■▲●○]|$)/.test(row));
  assert.deepEqual(
    frameless,
    [],
    "every row begins with the frame: nothing was broken by the terminal",
  );
});

/** As little as it takes, up to the start. */
const KEEP_ALL: readonly KeyStep[] = [
  [/configured: @hermes on 127/, ENTER],
  [/Address of your/, ENTER],
  [/Keep the current token/, ENTER],
  [/Who may talk/, ENTER],
  [/user names/, ENTER],
  [/Home channel/, ENTER],
  [/Where does the bot answer/, ENTER],
  [/Keep test-model/, ENTER],
];

test("the setup starts the bot as a service, and offers to restart one that runs", {
  skip: noTerminal,
}, async () => {
  await using bench = await SetupWorkbench.open();
  const systemd = await FakeSystemd.in(bench.folder);
  const env = { PATH: `${systemd.binFolder}:/usr/bin:/bin`, USER: "alice" };
  const terminal = bench.setUp({ env });
  await terminal.answer([
    ...plainSteps(bench),
    [/Start the bot\? ● As a service/, ENTER],
    [/say hello to @alice, @bob\?/, ENTER],
  ]);
  assert.equal((await terminal.process.ended).exitCode, 0, terminal.process.seen);
  assert.match(terminal.process.seen, /The gateway runs \(pid \d+\) and is connected to/);
  const second = bench.setUp({ env });
  await second.answer([...KEEP_ALL, [/with the settings of before\. Restart it\?/, ENTER]]);
  await second.answer([[/say hello/, "n"]]);
  assert.equal((await second.process.ended).exitCode, 0, second.process.seen);
  assert.match(second.process.seen, /The gateway runs \(pid \d+\)/);
  const stopped = await runBinary(["gateway", "stop"], { env: { ...bench.env, ...env } });
  assert.equal(stopped.exitCode, 0, stopped.stderr);
});

test("the setup starts the bot in the background where there are no services", {
  skip: noTerminal,
}, async () => {
  await using bench = await SetupWorkbench.open();
  await bench.hideServices();
  const terminal = bench.setUp({ env: bench.noServices });
  await terminal.answer([
    ...plainSteps(bench),
    [/Start the bot\? ● In the background/, ENTER],
    [/say hello/, "n"],
  ]);
  assert.equal((await terminal.process.ended).exitCode, 0, terminal.process.seen);
  const env = { ...bench.env, ...bench.noServices };
  const status = await runBinary(["gateway", "status"], { env });
  assert.equal(status.exitCode, 0);
  await runBinary(["gateway", "stop"], { env });
});
