import assert from "node:assert/strict";
import { mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { checkPath } from "../../src/safety/check_path.ts";
import { realPathOf } from "../../src/safety/real_path.ts";
import { tempDir } from "../support/temp_dir.ts";

test("[P101] checkPath() judges what links lead to, also where nothing is yet", async () => {
  await using dir = await tempDir();
  const root = await realpath(dir.path);
  const [home, work] = [join(root, "home"), join(root, "work")];
  await mkdir(join(home, ".ssh"), { recursive: true });
  await mkdir(work);
  await symlink(join(home, ".ssh"), join(work, "folder"));
  await symlink(join(home, ".ssh", "authorized_keys"), join(work, "dangling.txt"));
  await symlink("dangling.txt", join(work, "twice.txt"));
  await symlink("../home/.ssh/new", join(work, "relative.txt"));
  const places = { userHome: home, hermesHome: join(home, ".hermes") };
  for (const name of ["folder/config", "dangling.txt", "twice.txt", "relative.txt", "folder/a/b"]) {
    for (const purpose of ["read", "write"] as const) {
      const checked = await checkPath(join(work, name), purpose, places);
      assert.equal(checked.kind, "refused", `${purpose} ${name}`);
      assert.ok(checked.realPath.startsWith(join(home, ".ssh")), checked.realPath);
    }
  }
  const fresh = await checkPath(join(work, "new", "deep", "a.txt"), "write", places);
  assert.deepEqual(fresh, { kind: "allowed", realPath: join(work, "new", "deep", "a.txt") });
});

test("[P101] checkPath() knows Hermes' home behind a link", async () => {
  await using dir = await tempDir();
  const root = await realpath(dir.path);
  await mkdir(join(root, "real"));
  await writeFile(join(root, "real", "config.yaml"), "x");
  await symlink(join(root, "real"), join(root, "linked"));
  const places = { userHome: join(root, "user"), hermesHome: join(root, "linked") };
  for (const folder of ["real", "linked"]) {
    const checked = await checkPath(join(root, folder, "config.yaml"), "read", places);
    assert.equal(checked.kind === "refused" && checked.reason, "it belongs to Hermes itself");
  }
});

test("realPathOf() does not go round in circles", async () => {
  await using dir = await tempDir();
  await symlink("b", join(dir.path, "a"));
  await symlink("a", join(dir.path, "b"));
  await assert.rejects(realPathOf(join(dir.path, "a", "x")), /ELOOP|links/);
});
