import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ContainerOptions,
  execArguments,
  runArguments,
} from "../../../src/tools/terminal/container_arguments.ts";
import { CONTAINER } from "./fake_docker.ts";

const LABELS = { home: "abc", pid: 42 };

function run(change: Partial<ContainerOptions>): string[] {
  return runArguments({ ...CONTAINER, mounts: [], ...change }, "hermes-1", LABELS);
}

/** The values of an option, in order. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, at) => arg === option ? [args[at + 1] ?? ""] : []);
}

test("[P130] a container starts closed: no capabilities, no new privileges, bounded", () => {
  const args = run({});
  assert.deepEqual(args.slice(0, 4), ["run", "--detach", "--name", "hermes-1"]);
  assert.deepEqual(valuesOf(args, "--cap-drop"), ["ALL"]);
  assert.deepEqual(valuesOf(args, "--cap-add"), []);
  assert.deepEqual(valuesOf(args, "--security-opt"), ["no-new-privileges"]);
  assert.deepEqual(valuesOf(args, "--pids-limit"), ["256"]);
  assert.deepEqual(valuesOf(args, "--cpus"), ["1"]);
  assert.deepEqual(valuesOf(args, "--memory"), ["5120m"]);
  assert.deepEqual(valuesOf(args, "--label"), ["hermes.home=abc", "hermes.pid=42"]);
  assert.deepEqual(valuesOf(args, "--user"), ["1000:1000"]);
  assert.equal(args.includes("--privileged"), false);
  assert.deepEqual(args.slice(-5, -1), ["--entrypoint", "sh", "image:tag", "-c"]);
});

test("runArguments() says what the settings say", () => {
  assert.deepEqual(valuesOf(run({ hasNetwork: false }), "--network"), ["none"]);
  assert.deepEqual(valuesOf(run({ hasNetwork: true }), "--network"), []);
  const unlimited = run({ cpus: 0, memoryMb: 0, diskMb: 0 });
  for (const option of ["--cpus", "--memory", "--storage-opt"]) {
    assert.deepEqual(valuesOf(unlimited, option), [], option);
  }
  assert.deepEqual(valuesOf(run({ diskMb: 100 }), "--storage-opt"), ["size=100m"]);
  const extra = run({ extraArguments: ["--gpus", "all"] });
  assert.ok(extra.indexOf("--gpus") < extra.indexOf("--entrypoint"));
  const variables = valuesOf(run({ variables: ["GH_TOKEN"] }), "--env");
  assert.ok(variables.includes("GH_TOKEN"), "by its name alone: arguments are seen by everyone");
});

test("runArguments() makes files belong to the user of Hermes, with either program", () => {
  const asRoot = run({ user: undefined });
  assert.deepEqual(valuesOf(asRoot, "--user"), []);
  assert.deepEqual(valuesOf(asRoot, "--cap-add"), [
    "DAC_OVERRIDE",
    "CHOWN",
    "FOWNER",
    "SETUID",
    "SETGID",
  ]);
  const podman = run({ program: "podman" });
  assert.deepEqual(valuesOf(podman, "--userns"), ["keep-id"]);
  assert.deepEqual(valuesOf(podman, "--user"), []);
  const podmanOfRoot = run({ program: "podman", user: { uid: 0, gid: 0 } });
  assert.deepEqual(valuesOf(podmanOfRoot, "--user"), ["0:0"]);
});

test("runArguments() mounts folders whatever they are called", () => {
  const mounts = [
    { hostPath: "/a", containerPath: "/workspace", isReadOnly: false },
    { hostPath: '/odd, "name":x', containerPath: "/data", isReadOnly: true },
  ];
  assert.deepEqual(valuesOf(run({ mounts }), "--mount"), [
    "type=bind,source=/a,target=/workspace",
    'type=bind,"source=/odd, ""name"":x",target=/data,readonly',
  ]);
});

test("execArguments() passes the words of a command on as they are", () => {
  const options = { pidFile: "/run/x.pid", hasInput: true };
  const args = execArguments("c1", ["bash", "-c", "echo $1; 'x'"], options);
  assert.deepEqual(args.slice(0, 5), ["exec", "--interactive", "c1", "sh", "-c"]);
  assert.deepEqual(args.slice(-5), ["sh", "/run/x.pid", "bash", "-c", "echo $1; 'x'"]);
});
