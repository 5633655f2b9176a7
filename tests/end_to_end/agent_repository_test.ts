import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";
import type { ChatAnswer, ChatRequest } from "../support/model_server.ts";
import { tempDir } from "../support/temp_dir.ts";

const SUM = `total() {
  result=0
  for number in "$@"; do
    result=$((result - number))
  done
  echo "$result"
}
`;
const TESTS = `#!/bin/sh
. ./lib/sum.sh
fails=0
[ "$(total 1 2 3)" = 6 ] || { echo "not ok: total 1 2 3 is $(total 1 2 3)"; fails=1; }
[ "$(total)" = 0 ] || { echo "not ok: total of nothing"; fails=1; }
[ $fails = 0 ] && echo "all tests pass"
exit $fails
`;

/** What a programmer would do, one call after the other. */
const CALLS: readonly (readonly [name: string, input: Record<string, unknown>])[] = [
  ["terminal", { command: "cd project && git log --oneline && ls -R lib" }],
  ["terminal", { command: "./run_tests.sh" }],
  ["search_files", { pattern: "result=\\$\\(\\(", path: "." }],
  ["read_file", { path: "lib/sum.sh" }],
  ["patch", { path: "lib/sum.sh", old_string: "result - number", new_string: "result + number" }],
  ["terminal", { command: "./run_tests.sh && git diff --stat" }],
  ["write_file", { path: "docs/CHANGES.md", content: "- total() adds again\n" }],
  ["terminal", {
    command: "git add -A && git commit -qm 'Add, do not subtract' && git log --oneline",
  }],
];

/** What the calls of this turn gave, in order. */
function results(request: ChatRequest): string[] {
  const asked = request.messages.findLastIndex((message) => message.role === "user");
  return request.messages.slice(asked).filter((message) => message.role === "tool")
    .map((message) =>
      typeof message.content === "string" ? message.content : JSON.stringify(message.content)
    );
}

function nextStep(request: ChatRequest): ChatAnswer {
  const [name, input] = CALLS[results(request).length] ?? [];
  if (name !== undefined) return { kind: "tool_call", name, arguments: JSON.stringify(input) };
  return {
    kind: "text",
    text: "The sum was wrong; I mended it, the tests pass, and it is committed.",
  };
}

test("[P134] the agent changes a repository, runs its tests and tells the outcome", async () => {
  await using dir = await tempDir();
  const project = join(dir.path, "project");
  await mkdir(join(project, "lib"), { recursive: true });
  await writeFile(join(project, "lib", "sum.sh"), SUM);
  await writeFile(join(project, "run_tests.sh"), TESTS);
  await chmod(join(project, "run_tests.sh"), 0o755);
  const git = (...options: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...options], {
      cwd: project,
      encoding: "utf8",
    });
  git("init", "-q");
  git("config", "user.name", "Hermes");
  git("config", "user.email", "hermes@example.com");
  git("add", "-A");
  git("commit", "-qm", "First state");

  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ yaml: `terminal:\n  cwd: ${dir.path}\n` });
  lab.model.answer = nextStep;
  const answer = await lab.ask(gateway, "alice", "The sum is wrong: please mend it.");
  assert.equal(answer, "The sum was wrong; I mended it, the tests pass, and it is committed.");

  const last = lab.model.requests.at(-1);
  const [looked, red, found, read, patched, green, wrote, committed] = last ? results(last) : [];
  assert.match(
    looked ?? "",
    /First state\nlib:\nsum\.sh\n\[Exit code 0\. The folder is now .*project\.\]/,
  );
  assert.match(red ?? "", /not ok: total 1 2 3 is -6\n\[Exit code 1\.\]/);
  assert.match(found ?? "", /^lib\/sum\.sh:4: {4}result=/);
  assert.match(read ?? "", /^1\|total\(\) \{\n2\|/);
  assert.match(
    patched ?? "",
    /^Changed .*sum\.sh\.\n[^]*\n\+ {4}result=\$\(\(result \+ number\)\)/,
  );
  assert.match(green ?? "", /all tests pass\n lib\/sum\.sh \| 2 \+-/);
  assert.match(wrote ?? "", /^Made .*docs\/CHANGES\.md/);
  assert.match(committed ?? "", /Add, do not subtract/);

  assert.equal(git("status", "--porcelain"), "");
  assert.match(git("show", "--stat", "HEAD"), /CHANGES\.md[^]*sum\.sh/);
  assert.match(await readFile(join(project, "lib", "sum.sh"), "utf8"), /result \+ number/);
});
