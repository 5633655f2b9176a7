import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { runProgram } from "../../../src/runtime/run_program.ts";
import type { ToolError } from "../../../src/tools/errors.ts";
import type { ContainerOptions } from "../../../src/tools/terminal/container_arguments.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { untilEnded } from "../../support/until_ended.ts";
import { FakeDocker } from "./fake_docker.ts";
import { TerminalLab } from "./terminal_lab.ts";

interface DockerLab extends AsyncDisposable {
  readonly docker: FakeDocker;
  readonly lab: TerminalLab;
}

async function openLab(change: Partial<ContainerOptions> = {}): Promise<DockerLab> {
  const dir = await tempDir();
  const docker = await FakeDocker.install(dir.path);
  const backend = (folder: string) => docker.backend(join(folder, "work"), change);
  const lab = await TerminalLab.open({ backend });
  return {
    docker,
    lab,
    [Symbol.asyncDispose]: async () => {
      await lab[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test("[P130] commands run in one container, which keeps what sessions keep, and ends with them", async () => {
  await using at = await openLab();
  const { docker, lab } = at;
  const workspace = docker.inContainer("workspace");
  assert.equal(await lab.run("pwd; echo x > made.txt"), `${workspace}\n[Exit code 0.]`);
  assert.equal(await readFile(join(lab.folder, "made.txt"), "utf8"), "x\n");
  const moved = await lab.run("mkdir sub; cd sub; export NAME='a b'");
  assert.match(moved, new RegExp(`The folder is now ${workspace}/sub`));
  assert.equal(await lab.run('echo "$NAME"; pwd'), `a b\n${workspace}/sub\n[Exit code 0.]`);
  assert.match(await lab.run("echo $NAME; pwd", {}, { session: "other" }), /^\n.*workspace\n/);
  assert.equal((await docker.up()).length, 1);
  const runs = (await docker.calls()).filter(([action]) => action === "run");
  assert.equal(runs.length, 1);
  await lab.shells.close();
  assert.deepEqual(await docker.up(), []);
});

test("[P126] in a container, too, what takes too long ends with all that it started", async () => {
  await using at = await openLab();
  const stubborn = "echo $$ > child; trap '' TERM; while :; do sleep 0.1; done\n";
  await writeFile(join(at.lab.folder, "stubborn.sh"), stubborn);
  await writeFile(join(at.lab.folder, "main.sh"), "sh stubborn.sh & wait\n");
  assert.match(await at.lab.run("sh main.sh", { timeout: 1 }), /Exit code 124/);
  await untilEnded(Number(await readFile(join(at.lab.folder, "child"), "utf8")));
});

test("[P129] background jobs run in the container, with their input", async () => {
  await using at = await openLab();
  const id = await at.lab.start("while read line; do echo got $line; done; echo end");
  const job = { session_id: id };
  assert.match(await at.lab.process("submit", { ...job, data: "one" }), /got one$/);
  assert.match(await at.lab.process("close", job), /exit code 0[^]*end$/);
  const lasting = await at.lab.start("echo $$ > lasting; sleep 600");
  assert.match(await at.lab.process("kill", { session_id: lasting }), /exit code|ended by/);
  await untilEnded(Number(await readFile(join(at.lab.folder, "lasting"), "utf8")));
});

test("[P130] a container that has died is made anew, once, also for several sessions", async () => {
  await using at = await openLab();
  const { docker, lab } = at;
  await lab.run("true");
  const [first = ""] = await docker.up();
  await rm(join(docker.folder, "up", first));
  const again = await Promise.all(
    ["a", "b", "c"].map((session) => lab.run("echo up", {}, { session })),
  );
  for (const answer of again) assert.equal(answer, "up\n[Exit code 0.]");
  const names = await docker.up();
  assert.equal(names.length, 1);
  assert.notEqual(names[0], first);
});

test("[P130] containers whose process has died are removed at the start, others are not", async () => {
  await using at = await openLab();
  const { docker, lab } = at;
  const limits = { timeMsMax: 10_000, outputBytesMax: 100 };
  const program = { argv: ["sh", "-c", "echo $$"], cwd: "/", env: {} } as const;
  const { stdout } = await runProgram(program, limits, new AbortController().signal);
  await docker.leave("hermes-dead", Number(stdout));
  await docker.leave("hermes-crashed", process.pid);
  await docker.leave("hermes-alive", 1);
  await lab.shells.prepare();
  assert.deepEqual(await docker.up(), ["hermes-alive"]);
  await lab.run("true");
  await lab.shells.prepare();
  assert.equal((await docker.up()).length, 2);
});

test("[P130] a container that cannot be started says why, and is tried again the next time", async () => {
  await using at = await openLab();
  const { docker, lab } = at;
  await docker.refuse(
    "refuses",
    "Unable to find image\ndocker: Cannot connect to the Docker daemon\n",
  );
  await assert.rejects(lab.run("true"), (error: ToolError) => {
    assert.match(
      error.message,
      /^Cannot run commands: .*docker run failed: docker: Cannot connect/,
    );
    assert.match(error.hint, /terminal\.backend/);
    return true;
  });
  await rm(join(docker.folder, "refuses"));
  assert.equal(await lab.run("echo up"), "up\n[Exit code 0.]");
});

test("[P130] where the disk of a container cannot be limited, it starts without that", async () => {
  await using at = await openLab({ diskMb: 100 });
  await at.docker.refuse("no-quota");
  assert.equal(await at.lab.run("echo up"), "up\n[Exit code 0.]");
  assert.ok(at.docker.logged.some(({ event }) => event === "terminal.disk_not_limited"));
});

test("[P128] a container gets no variable of Hermes that was not asked for", async () => {
  await using at = await openLab({ variables: ["ASKED"] });
  await at.lab.run("true");
  const run = (await at.docker.calls()).find(([action]) => action === "run") ?? [];
  const names = run.flatMap((arg, index) => arg === "--env" ? [run[index + 1]?.split("=")[0]] : []);
  assert.deepEqual(names.filter((name) => name === "ASKED" || name === "CANARY"), ["ASKED"]);
});

test("ContainerBackend knows which paths of the container are on this machine", async () => {
  await using dir = await tempDir();
  const docker = await FakeDocker.install(dir.path);
  const data = { hostPath: "/host/data", containerPath: "/data/", isReadOnly: true };
  const nested = { hostPath: "/host/nested", containerPath: "/data/nested", isReadOnly: false };
  const backend = docker.backend("/host/files", {}, [data, nested]);
  const at = (path: string) => backend.locate(path)?.hostPath;
  const workspace = docker.inContainer("workspace");
  assert.equal(at(`${workspace}/a/b`), "/host/files/a/b");
  assert.equal(at(workspace), "/host/files");
  assert.equal(at(`${workspace}s/a`), undefined);
  assert.equal(at("/etc/passwd"), undefined);
  const sent = join(docker.folder, "cache", "documents", "a.pdf");
  assert.deepEqual(backend.locate(sent), {
    hostPath: sent,
    within: join(sent, ".."),
    isReadOnly: true,
  });
  assert.equal(at("/data/x"), "/host/data/x");
  assert.equal(at("/data/nested/x"), "/host/nested/x");
  assert.equal(backend.locate("/data/x")?.isReadOnly, true);
  assert.equal(backend.locate("/data/nested/x")?.isReadOnly, false);
});
