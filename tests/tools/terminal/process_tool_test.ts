import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { judgeCommand } from "../../../src/safety/command_rules.ts";
import { ToolError } from "../../../src/tools/errors.ts";
import { JOBS_MAX } from "../../../src/tools/terminal/background_jobs.ts";
import type { AllowCommand } from "../../../src/tools/terminal/terminal_tool.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { untilEnded } from "../../support/until_ended.ts";
import { TerminalLab } from "./terminal_lab.ts";

test("[P129] a background job is read, written to and waited for", async () => {
  await using lab = await TerminalLab.open();
  const id = await lab.start("while read line; do echo got $line; done; echo end; exit 4");
  const at = { session_id: id };
  assert.match(await lab.process("submit", { ...at, data: "one" }), /running for[^]*\ngot one$/);
  assert.match(await lab.process("write", { ...at, data: "tw" }), /\n\(no new output\)$/);
  assert.match(await lab.process("submit", { ...at, data: "o" }), /\ngot two$/);
  assert.match(await lab.process("poll", at), /\n\(no new output\)$/);
  assert.match(await lab.process("close", at), /exit code 4[^]*\nend$/);
  assert.match(await lab.process("wait", at), /exit code 4/);
  assert.equal(await lab.process("log", at), "got one\ngot two\nend\n[Lines 1 to 3 of 3.]");
  const page = await lab.process("log", { ...at, offset: 2, limit: 1 });
  assert.equal(page, "got two\n[Lines 2 to 2 of 3.]");
  await assert.rejects(
    lab.process("write", { ...at, data: "x" }),
    /input of the process is closed/,
  );
});

test("[P129] wait gives up after its time and says that the job runs on", async () => {
  await using lab = await TerminalLab.open();
  const id = await lab.start("echo begun; sleep 60");
  assert.match(await lab.process("wait", { session_id: id, timeout: 1 }), /running for[^]*begun$/);
});

test("[P129] kill ends a job with all that it started", async () => {
  await using lab = await TerminalLab.open();
  const id = await lab.start("sh -c 'echo $$; sleep 60'; echo not reached", {
    notify_on_complete: true,
  });
  const pid = Number((await lab.process("log", { session_id: id })).split("\n")[0]);
  assert.match(await lab.process("kill", { session_id: id }), /ended by SIGTERM/);
  await untilEnded(pid);
  assert.match(await lab.process("kill", { session_id: id }), /ended by SIGTERM/);
  assert.deepEqual(lab.woken, [], "what the model ended itself is no news");
});

test("[P129] the end of a job wakes its conversation, if it asked for that", async () => {
  await using lab = await TerminalLab.open();
  await lab.start("read line; echo quiet");
  const id = await lab.start("read line; echo loud; exit 1", { notify_on_complete: true });
  assert.match(await lab.process("submit", { session_id: id }), /exit code 1[^]*\nloud$/);
  const other = await lab.start("sleep 0.7; echo worked", { notify_on_complete: true });
  await lab.wokenTimes(1);
  const [news] = lab.woken;
  assert.equal(news?.sessionKey, "agent:main:test:dm:alice");
  assert.match(news?.text ?? "", new RegExp(`${other} \\(exit code 0.*\\nworked$`, "s"));
  assert.equal(lab.woken.length, 1, "the answer to submit told of the other one");
});

test("[P129] a job that fails at once says so in the answer to its start", async () => {
  await using lab = await TerminalLab.open();
  const more = { background: true, notify_on_complete: true };
  const answer = await lab.run("nosuchprogram", more);
  assert.match(answer, /not found\n\[proc_\w+ has ended already: exit code 127: there is no such/);
  assert.deepEqual(lab.woken, []);
});

test("[P129] a job has the folder and variables of its session, and changes neither", async () => {
  await using lab = await TerminalLab.open();
  await lab.run("mkdir sub; cd sub; export NAME=kept");
  const id = await lab.start("echo $NAME $PWD; cd /; export NAME=changed; sleep 60");
  assert.match(await lab.process("log", { session_id: id }), /^kept .*\/work\/sub\n/);
  assert.match(await lab.run("echo $NAME $PWD"), /^kept .*\/work\/sub\n/);
});

test("[P129] what is written to a shell is judged as the commands that it is", async () => {
  const places = { userHome: "/home/u", hermesHome: "/home/u/.hermes" };
  const allow: AllowCommand = (command, cwd) =>
    judgeCommand(command, { ...places, cwd }).kind === "free"
      ? Promise.resolve()
      : Promise.reject(new ToolError("Not run: nobody allows this", "Do something else."));
  await using lab = await TerminalLab.open({ allow });
  for (const shell of ["bash", "cd /; if true; then bash; fi"]) {
    const job = { session_id: await lab.start(shell) };
    for (const data of ["rm -rf keep", "echo x\nrm -rf keep", "python3 -c 'print(1)'"]) {
      await assert.rejects(lab.process("submit", { ...job, data }), /nobody allows/, shell);
    }
    await lab.process("write", { ...job, data: "rm \\\n" });
    await assert.rejects(lab.process("submit", { ...job, data: "-rf keep" }), /nobody allows/);
    await assert.rejects(lab.process("write", { ...job, data: " ".repeat(100_000) }), /a line may/);
    await lab.process("submit", job);
    await lab.process("write", { ...job, data: "rm -" });
    await assert.rejects(lab.process("submit", { ...job, data: "rf keep" }), /nobody allows/);
    assert.match(await lab.process("submit", { ...job, data: "; echo fine" }), /\nfine|fine$/m);
    await lab.process("kill", job);
  }
  const reader = { session_id: await lab.start("while read line; do echo got $line; done") };
  assert.match(await lab.process("submit", { ...reader, data: "rm -rf it's" }), /got rm -rf it's$/);
});

test("a job runs nothing that the home folder holds for logins", async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, ".bashrc"), "echo from bashrc\n");
  const environment = { HOME: dir.path, PATH: process.env.PATH ?? "" };
  await using lab = await TerminalLab.open({ environment });
  const answer = await lab.run("echo done", { background: true });
  assert.match(answer, /^done\n\[proc_/);
  assert.equal(await lab.run("echo done"), "done\n[Exit code 0.]");
});

test("[P129] nobody sees the jobs of another session", async () => {
  await using lab = await TerminalLab.open();
  const id = await lab.start("sleep 60");
  assert.match(await lab.process("list"), new RegExp(id));
  const other = { session: "other" };
  assert.equal(await lab.process("list", {}, other), "There are no background processes.");
  for (const action of ["poll", "log", "kill", "write", "close"]) {
    await assert.rejects(lab.process(action, { session_id: id }, other), (error: ToolError) => {
      assert.match(error.message, /there is no process/);
      assert.doesNotMatch(error.hint, /proc_/);
      return true;
    });
  }
  await assert.rejects(lab.process("poll"), (error: ToolError) => {
    assert.equal(error.message, "Cannot do this: poll needs session_id");
    assert.equal(error.hint, `There are: ${id}.`);
    return true;
  });
});

test("the output of a job is kept up to 200,000 bytes", async () => {
  await using lab = await TerminalLab.open();
  const id = await lab.start("seq 1 300000; sleep 60");
  await lab.process("wait", { session_id: id, timeout: 1 });
  const log = await lab.process("log", { session_id: id, limit: 2 });
  assert.match(log, /^299999\n300000\n\[Lines \d{5} to \d{5} of \d{5}\. The output before/);
  assert.match(await lab.process("poll", { session_id: id }), /\n\(no new output\)$/);
});

test("no more jobs run than may, and those that have ended make room", async () => {
  await using lab = await TerminalLab.open();
  const ids = await Promise.all(
    Array.from({ length: JOBS_MAX }, () => lab.start("read line; echo $line")),
  );
  await assert.rejects(lab.start("sleep 60"), /64 background processes run already/);
  await lab.process("submit", { session_id: ids[5], data: "x" });
  await lab.start("sleep 60");
  const listed = await lab.process("list");
  assert.equal(listed.split("\n").length, JOBS_MAX);
  assert.doesNotMatch(listed, new RegExp(`${ids[5]}`));
});

test("a job that ended half an hour ago is forgotten", async () => {
  const clock = new FakeClock();
  await using lab = await TerminalLab.open({ clock });
  const ended = lab.run("echo done", { background: true });
  assert.match(await ended, /has ended already/);
  clock.advance(29 * 60_000);
  assert.match(await lab.process("list"), /echo done/);
  clock.advance(2 * 60_000);
  assert.equal(await lab.process("list"), "There are no background processes.");
});

test("[P129] closing ends all jobs", async () => {
  const lab = await TerminalLab.open();
  const id = await lab.start("echo $$; sleep 60", { notify_on_complete: true });
  const pid = Number((await lab.process("log", { session_id: id })).split("\n")[0]);
  await lab[Symbol.asyncDispose]();
  await untilEnded(pid);
  assert.deepEqual(lab.woken, []);
});
