import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSkill, SKILL_CHARS_MAX } from "../../src/skills/skill_file.ts";

const MATTER = "name: deploy\ndescription: How we deploy";

function skillText(matter: string, body = "1. Push."): string {
  return `---\n${matter}\n---\n${body}\n`;
}

test("parseSkill() reads front matter and instructions", async () => {
  const matter = `${MATTER}\nplatforms: [linux, macos]\nversion: 1\n` +
    "metadata:\n  hermes:\n    requires_tools: [terminal]";
  const parsed = await parseSkill(`\uFEFF${skillText(matter).replaceAll("\n", "\r\n")}`, "x");
  assert.deepEqual(parsed.kind === "skill" && parsed.skill, {
    name: "deploy",
    description: "How we deploy",
    platforms: ["linux", "darwin"],
    requiresTools: ["terminal"],
    body: "1. Push.",
  });
});

test("parseSkill() takes the name of the folder when the front matter has none", async () => {
  const parsed = await parseSkill(skillText("description: x"), "from-folder");
  assert.equal(parsed.kind === "skill" && parsed.skill.name, "from-folder");
});

const refusals: readonly [what: string, text: string, says: RegExp][] = [
  ["no front matter", "# Deploy", /front matter between/],
  ["open front matter", "---\nname: x\n", /front matter between/],
  ["front matter that is no YAML", skillText("name: [x"), /not YAML/],
  ["front matter that is a list", skillText("- x"), /not YAML/],
  ["a name that is a path", skillText("name: ../x\ndescription: x"), /a name that is not/],
  ["no description", skillText("name: x"), /no description/],
  ["a long description", skillText(`name: x\ndescription: ${"x".repeat(1_025)}`), /1024/],
  ["no instructions", skillText(MATTER, " \n"), /no instructions/],
  ["a book", skillText(MATTER, "x".repeat(SKILL_CHARS_MAX)), /longer than 100000/],
  ["many aliases", skillText(`a: &a [x]\nb: [${"*a,".repeat(50)}]\n${MATTER}`), /not YAML/],
];
for (const [what, text, says] of refusals) {
  test(`parseSkill() refuses ${what}`, async () => {
    const parsed = await parseSkill(text, "folder");
    assert.match(parsed.kind === "refused" ? parsed.reason : "accepted", says);
  });
}
