import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { BUNDLED_SKILLS } from "../../src/skills/bundled_skills.ts";
import { SkillEditor } from "../../src/skills/skill_editor.ts";
import { SkillStore } from "../../src/skills/skill_store.ts";
import { createSkillManageTool } from "../../src/tools/skill_manage_tool.ts";
import { createSkillViewTool } from "../../src/tools/skill_view_tool.ts";
import { tempDir } from "../support/temp_dir.ts";
import { toolContext } from "../support/tool_context.ts";

const { signal } = new AbortController();

async function lab() {
  const dir = await tempDir();
  const store = new SkillStore({
    folder: join(dir.path, "skills"),
    externalFolders: [],
    bundled: BUNDLED_SKILLS,
    platform: "linux",
    clock: systemClock,
    log: silentLog,
  });
  const view = createSkillViewTool(store);
  const manage = createSkillManageTool(new SkillEditor(store, () => undefined));
  return {
    folder: dir.path,
    view: (input: unknown) => view.run(view.input.parse(input), toolContext(), signal),
    manage: (input: unknown) => manage.run(manage.input.parse(input), toolContext(), signal),
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}

const TEXT =
  "---\nname: deploy\ndescription: How we deploy\n---\nRun ${HERMES_SKILL_DIR}/scripts/go";

test("[P137] skill_view lists, finds by words, and reads a skill and its files", async () => {
  await using at = await lab();
  assert.match(await at.view({}), /^- operations\/incident-timeline: /m);
  assert.match(await at.view({ query: "release NOTES" }), /^- development\/release-notes: .*$/);
  assert.equal(await at.view({ query: "knitting" }), "No skill fits.");
  await at.manage({ action: "create", name: "deploy", category: "ops", content: TEXT });
  const file = { name: "deploy", file_path: "scripts/go" };
  await at.manage({ action: "write_file", ...file, content: "echo go" });
  const folder = join(at.folder, "skills", "ops", "deploy");
  assert.equal(
    await at.view({ name: "Deploy" }),
    `# Skill deploy\n\nRun ${folder}/scripts/go\n\nFolder of the skill: ${folder}\n\n` +
      "Files, to read with file_path: scripts/go",
  );
  assert.equal(await at.view(file), "echo go");
});

test("[P137] skill_view names what is near when there is no such skill or file", async () => {
  await using at = await lab();
  const hint = (says: RegExp) => (error: { hint?: string }) => says.test(error.hint ?? "");
  await assert.rejects(at.view({ name: "meeting-note" }), hint(/Did you mean meeting-notes/));
  await assert.rejects(at.view({ name: "meeting-notes", file_path: "x" }), hint(/has no files/));
});

test("[P138] skill_manage says which argument is missing", async () => {
  await using at = await lab();
  await assert.rejects(at.manage({ action: "create", name: "x" }), /create needs content/);
  await assert.rejects(at.manage({ action: "patch", name: "x" }), /patch needs old_text/);
});
