/**
 * `deno task test`: everything that has to hold. Installs, checks, builds, runs every test on Bun
 * (what ships) and those that need no binary on Deno as well, and ends with one line that sums up.
 * `deno task test -- gateway split` runs only the test files with one of these words in their path.
 */

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { BUN, ROOT_DIR, runCommand } from "./run_command.ts";
import { readTestReport, type TestReport } from "./test_report.ts";

const PHASE_LIMIT_MS = 300_000;
/** Longest one test may take on Bun; Deno has no such limit, there the phase's holds. */
const TEST_LIMIT_MS = 30_000;
/** They need a server that is not ours: `deno task test:real`. */
const REAL_SERVER_TESTS = "tests/real/";
/** They drive the compiled binary: on another runtime they would prove the same again. */
const BINARY_TESTS = ["tests/binary/", "tests/end_to_end/"];

type Command = readonly [string, ...string[]];

process.chdir(ROOT_DIR);
process.exitCode = await main(process.argv.slice(2).filter((argument) => argument !== "--"));

async function main(words: readonly string[]): Promise<number> {
  const files = (await listTestFiles())
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const reports: TestReport[] = [];
  for await (const report of runPhases(files, words.length === 0)) reports.push(report);

  const failures = reports.flatMap((report) => report.failures);
  const passed = reports.reduce((sum, report) => sum + report.passed, 0);
  const skipped = reports.reduce((sum, report) => sum + report.skipped, 0);
  if (failures.length > 0) console.log(`\nFailed:\n  ${failures.join("\n  ")}`);
  console.log(
    `\n${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  );
  return failures.length === 0 ? 0 : 1;
}

async function listTestFiles(): Promise<string[]> {
  return (await readdir("tests", { recursive: true }))
    .map((name) => join("tests", name).replaceAll("\\", "/"))
    .filter((file) => file.endsWith("_test.ts") && !file.startsWith(REAL_SERVER_TESTS))
    .sort();
}

async function* runPhases(
  files: readonly string[],
  isWholeRun: boolean,
): AsyncGenerator<TestReport> {
  const deno = process.execPath;
  const installed = await runStep("Install packages", [deno, "install"]);
  yield installed;
  if (installed.failures.length > 0) return; // Nothing below could work.

  if (isWholeRun) yield await runStep("Check format, style and types", [deno, "task", "check"]);
  yield await runStep("Build dist/hermes", [deno, "task", "build"]);

  const bun = [BUN, "--no-env-file", "--no-orphans", "test", "--parallel"] as const;
  const limits = [`--timeout=${TEST_LIMIT_MS}`];
  yield await runTests("Bun", files, (report, paths) => {
    return [...bun, ...limits, "--reporter=junit", `--reporter-outfile=${report}`, ...paths];
  });

  const portable = files.filter((file) => !BINARY_TESTS.some((folder) => file.startsWith(folder)));
  if (portable.length === 0 && !isWholeRun) return;
  yield await runTests("Deno", portable, (report, paths) => {
    return [deno, "test", "--allow-all", "--no-check", `--junit-path=${report}`, ...paths];
  });
}

async function runStep(title: string, command: Command): Promise<TestReport> {
  console.log(`\n== ${title}`);
  const done = await runCommand(command, PHASE_LIMIT_MS);
  return { passed: 0, skipped: 0, failures: done ? [] : [title] };
}

async function runTests(
  runtime: "Bun" | "Deno",
  files: readonly string[],
  commandFor: (reportPath: string, paths: readonly string[]) => Command,
): Promise<TestReport> {
  console.log(`\n== ${files.length} test files on ${runtime}`);
  if (files.length === 0) return { passed: 0, skipped: 0, failures: ["No test file matches"] };
  const folder = await mkdtemp(join(tmpdir(), "hermes-report-"));
  try {
    const reportPath = join(folder, "junit.xml");
    const paths = files.map((file) => `./${file}`);
    const ok = await runCommand(commandFor(reportPath, paths), PHASE_LIMIT_MS);
    const junit = await readFile(reportPath, "utf8").catch(() => undefined);
    if (junit === undefined) {
      return { passed: 0, skipped: 0, failures: [`The run on ${runtime} crashed`] };
    }
    const report = readTestReport(junit, files);
    const failures = report.failures.map((failure) => `${runtime}  ${failure}`);
    if (!ok && failures.length === 0) failures.push(`The run on ${runtime} crashed`);
    return { ...report, failures };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
