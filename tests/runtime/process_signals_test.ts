import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { tempDir } from "../support/temp_dir.ts";
import { moduleUrl, runScript } from "./run_script.ts";

/** Says what happens, and lives until it is cancelled. */
const source = `import { listenForStopSignals } from ${moduleUrl("process_signals.ts")};
  const signals = listenForStopSignals();
  const living = setInterval(() => {}, 1_000);
  signals.stop.addEventListener("abort", () => console.log("stop", signals.cancel.aborted));
  signals.cancel.addEventListener("abort", () => {
    console.log("cancel");
    clearInterval(living);
  });
  console.log("ready");`;

for (const [first, second] of [["SIGTERM", "SIGTERM"], ["SIGINT", "SIGTERM"]] as const) {
  test(`listenForStopSignals() stops at ${first} and cancels at the second, ${second}`, async () => {
    await using dir = await tempDir();
    await using script = await runScript(dir.path, source);
    const { child, saw, exited } = script;
    await saw("ready");
    process.kill(child.pid!, first);
    await saw("stop");
    process.kill(child.pid!, second);
    const { code, stdout } = await exited;
    assert.equal(code, 0);
    assert.equal(stdout, "ready\nstop false\ncancel\n");
  });
}

test("listenForStopSignals().dispose() lets the next signal end the process", async () => {
  await using dir = await tempDir();
  await using script = await runScript(
    dir.path,
    `import { listenForStopSignals } from ${moduleUrl("process_signals.ts")};
     listenForStopSignals().dispose();
     setInterval(() => {}, 1_000);
     console.log("ready");`,
  );
  const { child, saw, exited } = script;
  await saw("ready");
  child.kill("SIGTERM");
  await exited;
  assert.equal(child.signalCode, "SIGTERM");
});
