import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Log } from "../../src/runtime/log.ts";
import { BUNDLED_SKILLS } from "../../src/skills/bundled_skills.ts";
import { SkillEditor } from "../../src/skills/skill_editor.ts";
import { formatSkillIndex } from "../../src/skills/skill_index.ts";
import { type Skill, SkillStore } from "../../src/skills/skill_store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { tempDir } from "../support/temp_dir.ts";

async function lab(options: { readonly bundled?: boolean } = {}) {
  const dir = await tempDir();
  const logged: string[] = [];
  const log: Log = (_level, event) => logged.push(event);
  const clock = new FakeClock();
  const folder = join(dir.path, "skills");
  const external = join(dir.path, "external");
  const store = new SkillStore({
    folder,
    externalFolders: [external],
    bundled: options.bundled ? BUNDLED_SKILLS : [],
    platform: "linux",
    clock,
    log,
  });
  const refuse = (text: string) => text.includes("EVIL") ? "it gives orders" : undefined;
  const editor = new SkillEditor(store, refuse);
  return {
    store,
    editor,
    folder,
    external,
    clock,
    logged,
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}

function skillText(name: string, description = `About ${name}`, more = ""): string {
  return `---\nname: ${name}\ndescription: ${description}\n${more}---\nDo ${name}.\n`;
}

async function put(folder: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "SKILL.md"), text);
}

function namesOf(skills: readonly Skill[]): string[] {
  return skills.map(({ category, name }) => `${category}/${name}`);
}

test("[P137] SkillStore finds skills with and without a category, and leaves bookkeeping alone", async () => {
  await using at = await lab();
  await put(join(at.folder, "ops", "deploy"), skillText("deploy"));
  await put(join(at.folder, "alone"), skillText("alone"));
  await put(join(at.folder, ".hub", "hidden"), skillText("hidden"));
  await put(join(at.folder, "ops", "windows"), skillText("windows", "x", "platforms: [windows]\n"));
  assert.deepEqual(namesOf(await at.store.list()), ["general/alone", "ops/deploy"]);
  assert.deepEqual(at.logged, []);
});

test("SkillStore leaves out and logs a skill that is broken, and shows the others", async () => {
  await using at = await lab();
  await put(join(at.folder, "ops", "broken"), "no front matter");
  await put(join(at.folder, "ops", "good"), skillText("good"));
  assert.deepEqual(namesOf(await at.store.list()), ["ops/good"]);
  assert.deepEqual(at.logged, ["skills.not_usable"]);
});

test("[P137] SkillStore prefers the home's skill, then an external one, then what comes with it", async () => {
  await using at = await lab({ bundled: true });
  const describe = async () => (await at.store.find("team-digest"))?.description;
  assert.match(await describe() ?? "", /Sums up/);
  await put(join(at.external, "team", "team-digest"), skillText("team-digest", "external"));
  assert.equal(await describe(), "external");
  await put(join(at.folder, "team", "team-digest"), skillText("team-digest", "own"));
  assert.equal(await describe(), "own");
});

test("SkillStore lists what was used last first, also after a restart", async () => {
  await using at = await lab();
  for (const name of ["a", "b", "c"]) await put(join(at.folder, "x", name), skillText(name));
  await at.store.noteUse("c");
  await at.clock.advance(1_000);
  await at.store.noteUse("b");
  assert.deepEqual(namesOf(await at.store.list()), ["x/b", "x/c", "x/a"]);
  const { folder, clock } = at;
  const again = new SkillStore({
    folder,
    externalFolders: [],
    bundled: [],
    platform: "linux",
    clock,
    log: () => {},
  });
  assert.deepEqual(namesOf(await again.list()), ["x/b", "x/c", "x/a"]);
});

test("SkillStore reads files of a skill, and none outside of it", async () => {
  await using at = await lab();
  const folder = join(at.folder, "x", "a");
  await put(folder, skillText("a"));
  await mkdir(join(folder, "references", "deep"), { recursive: true });
  await writeFile(join(folder, "references", "deep", "b.md"), "found");
  await writeFile(join(at.folder, "secret"), "hidden");
  await symlink(join(at.folder, "secret"), join(folder, "references", "link"));
  const skill = await at.store.find("a");
  assert.ok(skill);
  assert.deepEqual(await at.store.files(skill), ["references/deep/b.md"]);
  assert.equal(await at.store.readFile(skill, "references/deep/b.md"), "found");
  for (const path of ["../secret", "../../../etc/passwd", "/etc/passwd", "references/link", "x"]) {
    assert.equal(await at.store.readFile(skill, path), undefined, path);
  }
});

test("[P138] SkillEditor creates, patches, replaces and deletes skills of the home", async () => {
  await using at = await lab();
  await at.editor.create("deploy", "ops", skillText("deploy"));
  await at.editor.patch("deploy", "Do deploy.", "Push $& and wait.");
  assert.equal((await at.store.find("deploy"))?.body, "Push $& and wait.");
  await at.editor.edit("deploy", skillText("deploy", "new"));
  assert.equal((await at.store.find("deploy"))?.description, "new");
  await at.editor.writeFile("deploy", "scripts/run.sh", "echo hi");
  const skill = await at.store.find("deploy");
  assert.deepEqual(skill && await at.store.files(skill), ["scripts/run.sh"]);
  await at.editor.removeFile("deploy", "scripts/run.sh");
  await at.editor.remove("deploy");
  assert.deepEqual(await at.store.list(), []);
});

test("[P138] SkillEditor copies a skill that comes with the program when it is changed", async () => {
  await using at = await lab({ bundled: true });
  await at.editor.patch("team-digest", "At most ten lines.", "At most five lines.");
  const skill = await at.store.find("team-digest");
  assert.match(skill?.body ?? "", /At most five lines/);
  assert.equal(skill?.place.kind, "own");
  await at.editor.remove("team-digest");
  assert.match((await at.store.find("team-digest"))?.body ?? "", /At most ten lines/);
});

type Attempt = (at: Awaited<ReturnType<typeof lab>>) => Promise<void>;
const refusals: readonly [what: string, attempt: Attempt, says: RegExp][] = [
  [
    "a name that is a path",
    ({ editor }) => editor.create("../x", "ops", skillText("x")),
    /call it/,
  ],
  [
    "a category that is a path",
    ({ editor }) => editor.create("x", "a/b", skillText("x")),
    /call it/,
  ],
  ["a name that is taken", ({ editor }) => editor.create("a", "ops", skillText("a")), /already/],
  [
    "another name inside",
    ({ editor }) => editor.create("x", "ops", skillText("y")),
    /calls it "y"/,
  ],
  ["a text without front matter", ({ editor }) => editor.edit("a", "x"), /front matter/],
  ["a part that is not there", ({ editor }) => editor.patch("a", "zzz", ""), /does not stand/],
  ["a part that is there twice", ({ editor }) => editor.patch("a", "a", ""), /stands \d+ times/],
  ["an unknown skill", ({ editor }) => editor.remove("zzz"), /no skill "zzz"/],
  ["orders", ({ editor }) => editor.edit("a", skillText("a", "EVIL")), /gives orders/],
  ["orders in a file", ({ editor }) => editor.writeFile("a", "scripts/x", "EVIL"), /gives orders/],
  [
    "SKILL.md as a file",
    ({ editor }) => editor.writeFile("a", "SKILL.md", "x"),
    /Cannot use the path/,
  ],
  [
    "a way out",
    ({ editor }) => editor.writeFile("a", "scripts/../../x", "x"),
    /Cannot use the path/,
  ],
  ["a file that is not there", ({ editor }) => editor.removeFile("a", "scripts/x"), /has no file/],
  [
    "to delete what comes with the program",
    ({ editor }) => editor.remove("team-digest"),
    /does not lie in the home/,
  ],
];
for (const [what, attempt, says] of refusals) {
  test(`[P138] SkillEditor refuses ${what}`, async () => {
    await using at = await lab({ bundled: true });
    await put(join(at.folder, "x", "a"), skillText("a"));
    await assert.rejects(attempt(at), says);
  });
}

test("[P137] formatSkillIndex() is short however many skills there are", async () => {
  await using at = await lab();
  const names = Array.from({ length: 60 }, (_, index) => `skill-${String(index).padStart(2, "0")}`);
  for (const name of names) {
    await put(join(at.folder, "many", name), skillText(name, `${"long ".repeat(30)}`));
  }
  await at.store.noteUse("skill-59");
  const index = formatSkillIndex(await at.store.list());
  assert.ok(index.length <= 4_100, String(index.length));
  assert.match(index, /skill-59: long/);
  assert.match(index, /\(\d+ more: list them with skill_view\)$/);
  assert.ok(index.split("\n").every((line) => line.length <= 80));
});

test("[P137] The bundled skills are usable and short", async () => {
  await using at = await lab({ bundled: true });
  const skills = await at.store.list();
  assert.equal(skills.length, BUNDLED_SKILLS.length);
  for (const skill of skills) assert.ok(skill.body.length < 2_500, skill.name);
  assert.ok(formatSkillIndex(skills).length < 600);
});
