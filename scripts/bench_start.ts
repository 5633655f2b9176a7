/**
 * `deno task bench:start`: what starting and answering cost, on loopback and without a model's time,
 * beside what an empty program and a bare bot cost on this machine in the same run. Nothing here
 * asserts: the goals are printed beside the numbers. `--json` prints them for a program.
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../src/runtime/clock.ts";
import { systemRandom } from "../src/runtime/random.ts";
import { SandboxServer } from "../src/sandbox/sandbox_server.ts";
import { SEEDED_BOT } from "../src/sandbox/seed.ts";
import { ModelServer, userTexts } from "../tests/support/model_server.ts";
import { BenchProcess, timeRun } from "./bench_process.ts";
import { compile } from "./compile.ts";
import { ROOT_DIR } from "./run_command.ts";

const VERSION_RUNS = 30;
const STARTS = 15;
const ROUND_TRIPS = 50;
/** A process counts as idle when nothing has been asked of it for so long. */
const IDLE_MS = 2_000;
const BYTES_PER_MB = 1_000_000;

interface Measurement {
  readonly name: string;
  readonly unit: "ms" | "MB";
  readonly samples: readonly number[];
  readonly goal: string;
}

interface Lab {
  readonly folder: string;
  readonly hermes: string;
  readonly sandbox: SandboxServer;
  readonly model: ModelServer;
}

process.chdir(ROOT_DIR);
const measurements = await measureAll();
console.log(process.argv.includes("--json") ? toJson(measurements) : toTable(measurements));

async function measureAll(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "hermes-bench-"));
  await using sandbox = await SandboxServer.start({ clock: systemClock, random: systemRandom });
  const model = await ModelServer.start();
  model.answer = (request) => ({ kind: "text", text: answerTo(userTexts(request).at(-1) ?? "") });
  try {
    const hermes = await compileInto(folder, "main.ts", "hermes");
    await writeFile(join(folder, "empty.ts"), "export {};\n");
    const empty = await compileInto(folder, join(folder, "empty.ts"), "empty");
    const bareBot = await compileInto(folder, "scripts/bench_bare_bot.ts", "bare-bot");
    const lab = { folder, hermes, sandbox, model };
    return [
      ...await measureVersion(hermes, empty),
      ...await measureBareBot(bareBot, sandbox),
      ...await measureStart(lab),
      ...await measureRunning(lab),
    ];
  } finally {
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compileInto(folder: string, entry: string, name: string): Promise<string> {
  const path = join(folder, name);
  if (!await compile(entry, path)) throw new Error(`Cannot compile ${entry}: see above`);
  return path;
}

async function measureVersion(hermes: string, empty: string): Promise<Measurement[]> {
  const emptyMs: number[] = [];
  const versionMs: number[] = [];
  for (let run = 0; run < VERSION_RUNS; run++) { // In turns, so that both meet the same noise.
    emptyMs.push(await timeRun(empty, []));
    versionMs.push(await timeRun(hermes, ["--version"]));
  }
  const goal = `< ${(median(emptyMs) * 1.5).toFixed(1)} ms, 1.5 x the empty program`;
  return [
    { name: "empty program", unit: "ms", samples: emptyMs, goal: "" },
    { name: "hermes --version", unit: "ms", samples: versionMs, goal },
  ];
}

async function measureBareBot(bareBot: string, sandbox: SandboxServer): Promise<Measurement[]> {
  const connectedMs: number[] = [];
  const postedMs: number[] = [];
  const botId = sandbox.user(SEEDED_BOT).id;
  const channelId = sandbox.as("alice").direct(SEEDED_BOT).id;
  for (let start = 0; start < STARTS; start++) {
    const args = [sandbox.url, sandbox.token(SEEDED_BOT).reveal(), channelId];
    const countBefore = sandbox.world.posts.size;
    await using bot = new BenchProcess(bareBot, args, {});
    connectedMs.push(await bot.timeUntil(sandbox.connected(SEEDED_BOT)));
    const isNew = () => sandbox.world.posts.size > countBefore;
    postedMs.push(await bot.timeUntil(sandbox.posted((post) => isNew() && post.user_id === botId)));
    await bot[Symbol.asyncDispose]();
    await sandbox.connected(SEEDED_BOT, 0);
  }
  return [
    { name: "bare bot: start to connected", unit: "ms", samples: connectedMs, goal: "" },
    { name: "bare bot: start to first post", unit: "ms", samples: postedMs, goal: "" },
  ];
}

async function measureStart(lab: Lab): Promise<Measurement[]> {
  const connectedMs: number[] = [];
  const answeredMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    await using gateway = await startGateway(lab, `start-${start}`);
    connectedMs.push(await gateway.timeUntil(lab.sandbox.connected(SEEDED_BOT)));
    answeredMs.push(await gateway.timeUntil(askAndAwait(lab.sandbox, `start ${start}`)));
    await gateway[Symbol.asyncDispose]();
    await lab.sandbox.connected(SEEDED_BOT, 0);
  }
  return [
    { name: "hermes: start to connected", unit: "ms", samples: connectedMs, goal: "< 100 ms" },
    { name: "hermes: start to first answer", unit: "ms", samples: answeredMs, goal: "< 250 ms" },
  ];
}

async function measureRunning(lab: Lab): Promise<Measurement[]> {
  await using gateway = await startGateway(lab, "running");
  await gateway.timeUntil(lab.sandbox.connected(SEEDED_BOT));
  await delay(IDLE_MS);
  const idleBytes = await gateway.residentBytes();
  const roundTripMs: number[] = [];
  await gateway.timeUntil(askAndAwait(lab.sandbox, "warm up"));
  for (let trip = 0; trip < ROUND_TRIPS; trip++) {
    const askedMs = performance.now();
    await gateway.timeUntil(askAndAwait(lab.sandbox, `trip ${trip}`));
    roundTripMs.push(performance.now() - askedMs);
  }
  await delay(IDLE_MS);
  const usedBytes = await gateway.residentBytes();
  const megabytes = (bytes: number) => [bytes / BYTES_PER_MB];
  return [
    { name: "hermes: direct message to answer", unit: "ms", samples: roundTripMs, goal: "< 25 ms" },
    { name: "hermes: memory, idle", unit: "MB", samples: megabytes(idleBytes), goal: "< 70 MB" },
    { name: "hermes: memory, used", unit: "MB", samples: megabytes(usedBytes), goal: "" },
  ];
}

/** A gateway on a home of its own, as after the first installation. */
async function startGateway(lab: Lab, name: string): Promise<BenchProcess> {
  const { folder, hermes, model, sandbox } = lab;
  const home = await mkdtemp(join(folder, `${name}-`));
  const dotenv = [
    `MATTERMOST_URL=${sandbox.url}`,
    `MATTERMOST_TOKEN=${sandbox.token(SEEDED_BOT).reveal()}`,
    `MATTERMOST_ALLOWED_USERS=${sandbox.user("alice").id}`,
  ];
  const modelSettings = `provider: custom\n  base_url: ${model.url}\n  default: bench`;
  await writeFile(join(home, ".env"), dotenv.join("\n"), { mode: 0o600 });
  await writeFile(join(home, "config.yaml"), `model:\n  ${modelSettings}\n`);
  return new BenchProcess(hermes, ["gateway"], { HERMES_HOME: home });
}

function askAndAwait(sandbox: SandboxServer, text: string): Promise<unknown> {
  const answered = sandbox.posted((post) => post.message === answerTo(text));
  sandbox.as("alice").dm(SEEDED_BOT, text);
  return answered;
}

function answerTo(text: string): string {
  return `You said: ${text}`;
}

function toTable(measurements: readonly Measurement[]): string {
  const lines = measurements.map(({ name, unit, samples, goal }) => {
    const numbers = [median(samples), Math.min(...samples), Math.max(...samples)]
      .map((value) => `${value.toFixed(1)} ${unit}`.padStart(11));
    return `${name.padEnd(34)}${numbers.join("")}   ${goal}`.trimEnd();
  });
  const titles = ["median", "best", "worst"].map((title) => title.padStart(11)).join("");
  return [`${" ".repeat(34)}${titles}   goal`, ...lines].join("\n");
}

function toJson(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ samples, ...rest }) => ({
    ...rest,
    median: median(samples),
    samples,
  }));
  return JSON.stringify({ measurements: rows }, undefined, 2);
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
