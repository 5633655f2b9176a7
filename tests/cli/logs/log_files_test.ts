import assert from "node:assert/strict";
import { appendFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { LogFiles } from "../../../src/cli/logs/log_files.ts";
import type { LogLevel } from "../../../src/runtime/log.ts";
import { formatJsonLine } from "../../../src/runtime/log_line.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { tempDir } from "../../support/temp_dir.ts";

const INTERVAL_MS = 250;

function lines(events: string, level: LogLevel = "info"): string {
  return events.split(" ").map((event) => formatJsonLine({ atMs: 0, level, event, fields: {} }))
    .join("\n") + "\n";
}

/** A log of three files, of which the newest has the last lines. */
async function lab() {
  const dir = await tempDir();
  const path = join(dir.path, "gateway.log");
  await writeFile(`${path}.2`, lines("one two"));
  await writeFile(`${path}.1`, lines("three") + lines("four", "warn"));
  await writeFile(path, lines("five") + "no line of ours\n" + lines("six", "error"));
  const newest = async (count: number, levelMin: LogLevel = "debug") => {
    const files = await LogFiles.open(path, { levelMin });
    const found = await files.newest(count);
    await files.close();
    return found.map(({ entry }) => entry.event).join(" ");
  };
  return { path, newest, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

/** Follows the log, and tells what came whenever it waits for more. */
async function following(path: string) {
  const files = await LogFiles.open(path, { levelMin: "info" });
  const clock = new FakeClock();
  const stop = new AbortController();
  const seen: string[] = [];
  await files.newest(0);
  const done = (async () => {
    for await (const { entry } of files.follow(clock, stop.signal)) seen.push(entry.event);
  })();
  return {
    seen: async () => {
      await clock.sleeperFor(INTERVAL_MS, INTERVAL_MS);
      clock.advance(INTERVAL_MS);
      await clock.sleeperFor(INTERVAL_MS, INTERVAL_MS);
      return seen.splice(0).join(" ");
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
      await files.close();
    },
  };
}

test("[P48] newest() gives the last lines in order, also from the files that were put aside", async () => {
  await using log = await lab();
  assert.equal(await log.newest(1), "six");
  assert.equal(await log.newest(3), "four five six");
  assert.equal(await log.newest(100), "one two three four five six");
  assert.equal(await log.newest(0), "");
});

test("[P48] newest() counts the lines that are important enough", async () => {
  await using log = await lab();
  assert.equal(await log.newest(2, "warn"), "four six");
  assert.equal(await log.newest(1, "error"), "six");
});

test("[P48] newest() ends where a file is missing", async () => {
  await using log = await lab();
  await rename(`${log.path}.1`, `${log.path}.3`);
  assert.equal(await log.newest(100), "five six");
});

test("[P48] newest() gives no line twice when the file is put aside meanwhile", async () => {
  await using log = await lab();
  const files = await LogFiles.open(log.path, { levelMin: "debug" });
  await rename(log.path, `${log.path}.1`);
  await writeFile(log.path, lines("seven"));
  const found = await files.newest(100);
  await files.close();
  assert.equal(found.map(({ entry }) => entry.event).join(" "), "one two five six");
});

test("[P48] follow() gives what is added, across the change of files", async () => {
  await using log = await lab();
  await using follower = await following(log.path);
  assert.equal(await follower.seen(), "");
  await appendFile(log.path, lines("seven") + lines("noise", "debug"));
  assert.equal(await follower.seen(), "seven");
  await appendFile(log.path, lines("eight"));
  await rename(log.path, `${log.path}.1`);
  await writeFile(log.path, lines("nine"));
  assert.equal(await follower.seen(), "eight nine");
  await appendFile(log.path, lines("ten"));
  assert.equal(await follower.seen(), "ten");
});

test("[P48] follow() waits for a log that is not there yet", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "logs", "gateway.log");
  await using follower = await following(path);
  assert.equal(await follower.seen(), "");
  await mkdir(join(path, ".."));
  await writeFile(path, lines("first"));
  assert.equal(await follower.seen(), "first");
});
