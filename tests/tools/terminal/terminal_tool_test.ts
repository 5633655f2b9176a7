import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { ToolError } from "../../../src/tools/errors.ts";
import { untilEnded } from "../../support/until_ended.ts";
import { TerminalLab } from "./terminal_lab.ts";

test("terminal gives both outputs in order, and the exit code", async () => {
  await using lab = await TerminalLab.open();
  assert.equal(
    await lab.run("echo one; echo two >&2; echo three"),
    "one\ntwo\nthree\n[Exit code 0.]",
  );
  assert.equal(await lab.run("true"), "(no output)\n[Exit code 0.]");
  assert.equal(await lab.run("echo x | grep y"), "(no output)\n[Exit code 1: nothing matched.]");
  assert.equal(await lab.run("kill -9 $$"), "(no output)\n[Ended by SIGKILL.]");
  assert.match(await lab.run("echo 'open"), /unexpected EOF[^]*\[Exit code \d+\.\]$/);
  assert.equal(await lab.run("printf '\\033[31mred\\033[0m\\n'"), "red\n[Exit code 0.]");
  assert.equal(await lab.run("cat; echo end of input"), "end of input\n[Exit code 0.]");
});

test("[P125] the folder and exported variables carry over within a session, and only there", async () => {
  await using lab = await TerminalLab.open();
  const odd = join(lab.folder, "it's a\n$folder");
  await mkdir(odd);
  const moved = await lab.run(`export NAME='two\nlines' LOCAL=kept; local=lost; cd it*`);
  assert.equal(moved, `(no output)\n[Exit code 0. The folder is now ${odd}.]`);
  const next = await lab.run('printf "%s|" "$PWD" "$NAME" "$LOCAL" "$local" "$#"');
  assert.equal(next, `${odd}|two\nlines|kept||0|\n[Exit code 0.]`);
  const other = await lab.run('printf "%s|" "$PWD" "$NAME"', {}, { session: "other" });
  assert.equal(other, `${lab.folder}||\n[Exit code 0.]`);
});

test("[P125] they carry over however the command ends", async () => {
  await using lab = await TerminalLab.open();
  const ends = ["exit 3", "set -e; false", "set -u; echo $nothing", "set -x; false"];
  for (const [at, end] of ends.entries()) {
    await lab.run(`mkdir d${at}; cd d${at}; export STEP=${at}; ${end}`);
    assert.match(await lab.run("echo $STEP $PWD"), new RegExp(`^${at} .*/d${at}\n`), end);
  }
  const replaced = await lab.run("cd /; exec echo replaced");
  assert.equal(replaced, "replaced\n[Exit code 0.]", "a shell that is replaced leaves nothing");
});

test("terminal runs in workdir without losing its folder", async () => {
  await using lab = await TerminalLab.open();
  await mkdir(join(lab.folder, "sub"));
  assert.match(await lab.run("pwd", { workdir: "sub" }), /\/work\/sub\n/);
  await assert.rejects(lab.run("pwd", { workdir: "missing" }), /there is no such folder/);
  await writeFile(join(lab.folder, "file"), "");
  await assert.rejects(lab.run("pwd", { workdir: "file" }), /there is no such folder/);
});

test("terminal says when the session's folder is gone, and begins anew", async () => {
  await using lab = await TerminalLab.open();
  await lab.run("mkdir gone; cd gone");
  await rm(join(lab.folder, "gone"), { recursive: true });
  await assert.rejects(lab.run("pwd"), (error: ToolError) => {
    assert.match(error.message, /the folder ".*\/gone" is gone/);
    assert.match(error.hint, /begin in .*\/work again/);
    return true;
  });
  assert.equal(await lab.run("pwd"), `${lab.folder}\n[Exit code 0.]`);
});

test("[P126] a command that takes too long is ended with all that it started", async () => {
  await using lab = await TerminalLab.open();
  const stubborn = "echo $$ > child; trap '' TERM; while :; do sleep 0.1; done\n";
  await writeFile(join(lab.folder, "stubborn.sh"), stubborn);
  const main = "sh stubborn.sh & while [ ! -s child ]; do sleep 0.01; done; echo started; wait\n";
  await writeFile(join(lab.folder, "main.sh"), main);
  const result = await lab.run("sh main.sh", { timeout: 1 });
  assert.match(result, /^started\n[^]*\[Exit code 124: ended after 1 seconds/);
  const pid = await untilWritten(join(lab.folder, "child"));
  await untilEnded(pid);
});

test("[P126] a command whose turn is stopped is ended with all that it started", async () => {
  await using lab = await TerminalLab.open();
  const stop = new AbortController();
  const running = lab.run("sh -c 'echo $$ > child; sleep 60'", {}, { signal: stop.signal });
  const pid = await untilWritten(join(lab.folder, "child"));
  stop.abort(new Error("stopped"));
  await assert.rejects(running, /stopped/);
  await untilEnded(pid);
});

test("[P127] a command that prints without end costs no memory", async () => {
  await using lab = await TerminalLab.open();
  await lab.run("true");
  const beforeBytes = process.memoryUsage().rss;
  const shown = await lab.run(
    "echo first; head -c 1000000000 /dev/zero | tr '\\0' x; echo; echo last",
  );
  const grownBytes = process.memoryUsage().rss - beforeBytes;
  // A gigabyte was printed; how soon what was read is freed is the runtime's affair.
  assert.ok(grownBytes < 500_000_000, `grew by ${grownBytes} bytes`);
  assert.match(
    shown,
    /^first\nx+\n\[About 9999\d{5} bytes of the output are left out here\.\]\nx+\nlast\n/,
  );
  assert.ok(shown.length < 50_200);
});

test("terminal does not wait for what a command left behind", async () => {
  await using lab = await TerminalLab.open();
  const startedAtMs = performance.now();
  const answer = await lab.run("$(command -v bash) -c 'sleep 20 & echo $! > child'; echo done");
  assert.equal(answer, "done\n[Exit code 0.]");
  assert.ok(performance.now() - startedAtMs < 10_000);
  process.kill(await untilWritten(join(lab.folder, "child")));
});

test("terminal refuses in the foreground what belongs in the background", async () => {
  await using lab = await TerminalLab.open();
  for (const command of ["npm run dev", "sleep 1 &", "nohup make"]) {
    await assert.rejects(lab.run(command), (error: ToolError) => {
      assert.match(error.hint, /background=true/);
      return true;
    }, command);
  }
  await assert.rejects(lab.run("make", { timeout: 601 }), /the limit is 600/);
  await assert.rejects(lab.run(`echo ${"x".repeat(100_000)}`), /may have 100000 bytes/);
  await assert.rejects(lab.run("  "), /Wrong arguments/);
});

test("terminal runs nothing that is not allowed, in the background neither", async () => {
  const asked: string[] = [];
  const allow = (command: string) => {
    asked.push(command);
    return Promise.reject(new ToolError("Not run: nobody allows this", "Do something else."));
  };
  await using lab = await TerminalLab.open({ allow });
  for (const background of [false, true]) {
    await assert.rejects(lab.run("touch made", { background }), /nobody allows this/);
  }
  assert.deepEqual(asked, ["touch made", "touch made"]);
  assert.deepEqual(await readdir(lab.folder), []);
});

test("terminal hides secrets in what it gives", async () => {
  const redact = (text: string) => text.replaceAll("hunter2", "***");
  await using lab = await TerminalLab.open({ redact });
  assert.equal(await lab.run("echo hunter2"), "***\n[Exit code 0.]");
  const id = await lab.start("echo hunter2; sleep 60");
  assert.doesNotMatch(await lab.process("poll", { session_id: id }), /\nhunter2/);
  assert.doesNotMatch(await lab.process("log", { session_id: id }), /hunter2/);
});

test("terminal keeps what a session exported to itself, and removes it at the end", async () => {
  const lab = await TerminalLab.open();
  const shells = join(lab.folder, "..", "shells");
  try {
    await lab.run("umask 000; export PRIVATE=1");
    const [own = ""] = await readdir(shells);
    assert.equal((await stat(join(shells, own))).mode & 0o777, 0o700);
    for (const name of await readdir(join(shells, own))) {
      assert.equal((await stat(join(shells, own, name))).mode & 0o777, 0o600, name);
    }
    await lab.shells.close();
    assert.deepEqual(await readdir(shells), []);
  } finally {
    await lab[Symbol.asyncDispose]();
  }
});

/** The number in a file, once there is one. */
async function untilWritten(path: string): Promise<number> {
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (/^\d+\n/.test(text)) return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
