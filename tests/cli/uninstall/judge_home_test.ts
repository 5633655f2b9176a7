import assert from "node:assert/strict";
import { mkdir, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { judgeHome, type RemovableHome } from "../../../src/cli/uninstall/judge_home.ts";
import { removeHome } from "../../../src/cli/uninstall/remove_home.ts";
import { tempDir } from "../../support/temp_dir.ts";

/** A person's folder with such files in it; each holds its own name. */
async function personWith(...files: readonly string[]) {
  const dir = await tempDir();
  const userHome = await realpath(dir.path);
  for (const name of files) {
    await mkdir(dirname(join(userHome, name)), { recursive: true });
    await writeFile(join(userHome, name), name);
  }
  return {
    userHome,
    home: join(userHome, ".hermes"),
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}

async function removable(home: string, userHome: string): Promise<RemovableHome> {
  const judgement = await judgeHome(home, userHome);
  if (judgement.kind !== "removable") throw new Error(JSON.stringify(judgement));
  return judgement;
}

test("[P83] judgeHome() tells what Hermes keeps from what somebody else put there", async () => {
  await using person = await personWith(
    ".hermes/SOUL.md",
    ".hermes/state/gateway.json",
    ".hermes/cache/results/1",
    ".hermes/workspace/poem.md",
    ".hermes/notes.txt",
    ".hermes/.git/HEAD",
  );
  const { ownNames, otherNames } = await removable(person.home, person.userHome);
  assert.deepEqual(ownNames, ["SOUL.md", "cache", "state", "workspace"]);
  assert.deepEqual(otherNames, [".git", "notes.txt"]);
});

test("[P84] judgeHome() refuses the root, the person's folder, what holds it, and what is not of Hermes", async () => {
  await using person = await personWith(
    ".env",
    "sessions/1",
    "project/.env",
    "project/logs/1",
    "project/config.yaml",
    "file",
    "empty/below/1",
  );
  const { userHome } = person;
  await symlink(userHome, join(userHome, "link"));
  await symlink("/", join(userHome, "root"));
  const refusals = {
    "/": /your own files/,
    [userHome]: /your own files/,
    [dirname(userHome)]: /your own files/,
    [join(userHome, "link")]: /your own files/,
    [join(userHome, "root")]: /your own files/,
    [join(userHome, "project")]: /nothing of Hermes/,
    [join(userHome, "empty")]: /nothing of Hermes/,
    [join(userHome, "file")]: /no folder/,
  };
  for (const [home, reason] of Object.entries(refusals)) {
    const judgement = await judgeHome(home, userHome);
    assert.equal(judgement.kind, "refused", home);
    assert.match(judgement.kind === "refused" ? judgement.reason : "", reason, home);
  }
  assert.deepEqual(await judgeHome(person.home, userHome), { kind: "absent" });
});

test("[P83] judgeHome() knows a home that has settings only", async () => {
  await using person = await personWith();
  const { home, userHome } = person;
  for (
    const [name, text] of [[".env", "A=1\nMATTERMOST_URL=x\n"], ["config.yaml", "mattermost:\n"]]
  ) {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, name ?? ""), text ?? "");
    const judged = await removable(home, userHome);
    assert.deepEqual(judged.ownNames, [name]);
    assert.deepEqual(await removeHome(judged), []);
  }
});

test("[P83] removeHome() leaves the files of others, and what links lead to", async () => {
  await using person = await personWith(
    "elsewhere/skills/one",
    ".hermes/sessions/1",
    ".hermes/mine.txt",
  );
  const { home, userHome } = person;
  await symlink(join(userHome, "elsewhere", "skills"), join(home, "skills"));
  assert.deepEqual(await removeHome(await removable(home, userHome)), ["mine.txt"]);
  assert.deepEqual(await readdir(home), ["mine.txt"]);
  const kept = join(userHome, "elsewhere", "skills", "one");
  assert.equal(await readFile(kept, "utf8"), "elsewhere/skills/one");
});

test("[P83] removeHome() of a home that is a link removes its folder and the link", async () => {
  await using person = await personWith("disk/hermes/sessions/1", "disk/other");
  const { home, userHome } = person;
  await symlink(join(userHome, "disk", "hermes"), home);
  const judged = await removable(home, userHome);
  assert.deepEqual([judged.folder, judged.isLink], [join(userHome, "disk", "hermes"), true]);
  assert.deepEqual(await removeHome(judged), []);
  assert.deepEqual(await readdir(userHome), ["disk"]);
  assert.deepEqual(await readdir(join(userHome, "disk")), ["other"]);
});
