import assert from "node:assert/strict";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import { systemClock } from "../../src/runtime/clock.ts";
import { endProcess } from "../../src/runtime/end_process.ts";
import { ownProcessId, type ProcessId } from "../../src/runtime/process_id.ts";
import { tempDir } from "../support/temp_dir.ts";
import { moduleUrl, runScript } from "./run_script.ts";

const { signal } = new AbortController();

/** A process that says who it is, and each time that it is asked to end; it ends if it `obeys`. */
async function listening(dir: string, { obeys }: { readonly obeys: boolean }) {
  const script = await runScript(
    dir,
    `import { ownProcessId } from ${moduleUrl("process_id.ts")};
    process.on("SIGTERM", () => { console.log("asked"); if (${obeys}) process.exit(0); });
    process.stdin.resume();
    console.log(JSON.stringify(await ownProcessId()));`,
  );
  assert(script.child.stdout !== null);
  const [line] = await once(script.child.stdout, "data");
  return { id: JSON.parse(String(line)) as ProcessId, script };
}

test("[P49] endProcess() asks a process to end, and waits until it has", async () => {
  await using dir = await tempDir();
  const { id, script } = await listening(dir.path, { obeys: true });
  await using _script = script;
  const end = await endProcess(id, { asks: true, graceMs: 10_000 }, systemClock, signal);
  assert.equal(end, "ended");
  assert.equal((await script.exited).code, 0);
});

test("[P49] endProcess() kills a process that does not end in time", async () => {
  await using dir = await tempDir();
  const { id, script } = await listening(dir.path, { obeys: false });
  await using _script = script;
  const end = await endProcess(id, { asks: true, graceMs: 200 }, systemClock, signal);
  assert.equal(end, "killed");
  assert.match((await script.exited).stdout, /asked/);
});

test("[P49] endProcess() only waits for a process that was asked before", async () => {
  await using dir = await tempDir();
  const { id, script } = await listening(dir.path, { obeys: true });
  await using _script = script;
  assert.equal(await endProcess(id, { asks: false, graceMs: 100 }, systemClock, signal), "killed");
  assert.doesNotMatch((await script.exited).stdout, /asked/);
});

test("[P49] endProcess() does nothing to a later process of the same pid", async () => {
  await using dir = await tempDir();
  const { id, script } = await listening(dir.path, { obeys: false });
  await using _script = script;
  const earlier = { ...id, process: `${id.process}0` };
  assert.equal(await endProcess(earlier, { asks: true, graceMs: 0 }, systemClock, signal), "ended");
  assert.equal(await endProcess(id, { asks: false, graceMs: 100 }, systemClock, signal), "killed");
  assert.doesNotMatch((await script.exited).stdout, /asked/);
});

test("[P49] endProcess() never kills a process that cannot be told from a later one", async () => {
  await using dir = await tempDir();
  const { id, script } = await listening(dir.path, { obeys: false });
  await using _script = script;
  const unsure = { pid: id.pid };
  assert.equal(
    await endProcess(unsure, { asks: true, graceMs: 100 }, systemClock, signal),
    "survived",
  );
  assert.equal(script.child.exitCode, null);
});

test("endProcess() gives up waiting, and kills nothing, when its caller is stopped", async () => {
  await using dir = await tempDir();
  const { id, script } = await listening(dir.path, { obeys: false });
  await using _script = script;
  const stop = new AbortController();
  const ending = endProcess(id, { asks: true, graceMs: 60_000 }, systemClock, stop.signal);
  await script.saw("asked");
  stop.abort();
  await assert.rejects(ending, { name: "AbortError" });
  assert.equal(script.child.exitCode, null);
});

test("endProcess() says that it may not end another user's process", {
  skip: process.getuid?.() === 0 && "root may end all",
}, async () => {
  const init = { ...await ownProcessId(), pid: 1 };
  delete (init as { process?: string }).process;
  assert.equal(
    await endProcess(init, { asks: true, graceMs: 0 }, systemClock, signal),
    "not_permitted",
  );
});
