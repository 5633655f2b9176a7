import assert from "node:assert/strict";
import { realpath, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ownInstallation } from "../../../src/cli/update/own_installation.ts";
import { tempDir } from "../../support/temp_dir.ts";

test("ownInstallation() gives the file behind a link, and the version before beside it", async () => {
  await using dir = await tempDir();
  const folder = await realpath(dir.path);
  const program = join(folder, "hermes");
  const link = join(folder, "agent");
  await writeFile(program, "");
  await symlink(program, link);
  const paths = { program, previous: join(folder, "hermes.previous") };
  assert.deepEqual(await ownInstallation(link), paths);
  await writeFile(paths.previous, "");
  assert.deepEqual(await ownInstallation(paths.previous), paths);
});

test("[P80] ownInstallation() refuses a program that runs from its source", async () => {
  await assert.rejects(ownInstallation(), { code: "update.from_source" });
});
