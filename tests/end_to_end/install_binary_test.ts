import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import manifest from "../../deno.json" with { type: "json" };
import { BINARY_PATH, runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { InstallLab } from "../support/install_lab.ts";
import { programOf } from "../support/release_server.ts";

test("[P75] [P77] install.sh installs the program itself, and replaces it while a gateway runs", async () => {
  await using machine = await InstallLab.open();
  machine.releases.publish(manifest.version, await readFile(BINARY_PATH));
  const installed = await machine.run();
  assert.equal(installed.exitCode, 0, installed.stderr);
  const binary = join(machine.target, "hermes");
  const { stdout } = await runBinary(["--version"], { env: {}, path: binary });
  assert.equal(stdout, `${manifest.version}\n`);

  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ binary });
  machine.releases.publish("9.9.9", programOf("9.9.9"));
  const updated = await machine.run();
  assert.equal(updated.exitCode, 0, updated.stderr);
  assert.equal(await readFile(binary, "utf8"), programOf("9.9.9"));
  // Most of the program is read when the first message comes.
  assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
});
