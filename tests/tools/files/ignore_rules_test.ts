import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { IgnoreRules } from "../../../src/tools/files/ignore_rules.ts";
import { tempDir } from "../../support/temp_dir.ts";

const RULES = `# comment
*.log
!important.log
/only_here
build/
docs/**/*.tmp
\\#hash
trailing   
with\\ space
spaced\\ 
a/b
**/deep/name
x*y?z
[0-9]*.txt
curly{1,2}
!
/
`;

const PATHS = [
  ...["a.log", "important.log", "sub/x.log", "sub/important.log", "only_here", "sub/only_here"],
  ...[
    "builder",
    "docs/a.tmp",
    "docs/x/y/b.tmp",
    "sub/docs/c.tmp",
    "#hash",
    "trailing",
    "with space",
  ],
  ...["spaced ", "a/b", "sub/a/b", "deep/name", "q/deep/name", "xAAyBz", "xyz", "1.txt", "x1.txt"],
  ...["curly{1,2}", "curly1", "plain.ts"],
];

test("IgnoreRules judges as git does", async () => {
  await using dir = await tempDir();
  execFileSync("git", ["init", "-q"], { cwd: dir.path });
  await writeFile(join(dir.path, ".gitignore"), RULES);
  for (const path of PATHS) {
    await mkdir(dirname(join(dir.path, path)), { recursive: true });
    await writeFile(join(dir.path, path), "");
  }
  const list = execFileSync("git", ["ls-files", "-z", "--others", "--exclude-standard"], {
    cwd: dir.path,
  });
  const keptByGit = list.toString().split("\0").filter((path) => PATHS.includes(path));
  const rules = new IgnoreRules(RULES);
  const keptByUs = PATHS.filter((path) => rules.judge(path, false) !== "ignored");
  assert.deepEqual(keptByUs.sort(), keptByGit.sort());
});

test("IgnoreRules takes a pattern that ends in a slash for folders alone", () => {
  const rules = new IgnoreRules("build/\n!keep/\n");
  assert.equal(rules.judge("build", true), "ignored");
  assert.equal(rules.judge("x/build", true), "ignored");
  assert.equal(rules.judge("build", false), undefined);
  assert.equal(rules.judge("keep", true), "kept");
});
