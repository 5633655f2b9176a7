import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { PathPlaces } from "../../src/safety/path_rules.ts";
import { createReadFileTool } from "../../src/tools/read_file.ts";
import { ToolRegistry } from "../../src/tools/registry.ts";
import { tempDir } from "../support/temp_dir.ts";
import { toolContext } from "../support/tool_context.ts";

const SECRET = /may hold keys or passwords/;
const MISSING = /there is no such file/;

test("read_file gives each line with its number, and the whole of a short file", async () => {
  await using fixture = await createFixture({ "a.txt": "one\r\ntwo\n\nfour" });
  assert.equal(await fixture.read({ path: "a.txt" }), "1|one\n2|two\n3|\n4|four\n");
  assert.equal(
    await fixture.read({ path: join(fixture.workspace, "a.txt") }),
    "1|one\n2|two\n3|\n4|four\n",
  );
});

test("read_file reads a part and says where to go on", async () => {
  const text = Array.from({ length: 700 }, (_, index) => `line ${index + 1}\n`).join("");
  await using fixture = await createFixture({ "a.txt": text });
  const part = await fixture.read({ path: "a.txt", offset: 10, limit: 2 });
  assert.equal(part, "10|line 10\n11|line 11\n[Lines 10 to 11 of 700. Go on with offset 12.]");
  assert.match(await fixture.read({ path: "a.txt" }), /\[Lines 1 to 500 of 700\./);
  assert.equal(await fixture.read({ path: "a.txt", offset: 700 }), "700|line 700\n");
  await assert.rejects(fixture.read({ path: "a.txt", offset: 701 }), /it has 700 lines/);
});

test("read_file keeps a result below 100,000 characters and a line below 2,000", async () => {
  const text = `${"x".repeat(1_999)}😀${"y".repeat(50)}\n`.repeat(100);
  await using fixture = await createFixture({ "wide.txt": text });
  const result = await fixture.read({ path: "wide.txt" });
  assert.ok(result.length <= 100_000);
  assert.ok(result.startsWith(`1|${"x".repeat(1_999)}… [2051 characters]\n`));
  const next = Number(result.match(/Go on with offset (\d+)\.\]$/)?.[1]);
  assert.equal(result.split("\n").length, next);
});

test("read_file says that a file is empty", async () => {
  await using fixture = await createFixture({ "empty.txt": "" });
  assert.equal(await fixture.read({ path: "empty.txt" }), "[The file is empty.]");
});

test("read_file refuses folders, binaries, pipes and devices", async () => {
  await using fixture = await createFixture({ "logo.png": "\x89PNG\0\0", "folder/a.txt": "x" });
  execFileSync("mkfifo", [join(fixture.workspace, "pipe")]);
  await symlink("/dev/zero", join(fixture.workspace, "zero"));
  await assert.rejects(fixture.read({ path: "folder" }), /it is a folder/);
  await assert.rejects(fixture.read({ path: "logo.png" }), /it is not text/);
  await assert.rejects(fixture.read({ path: "pipe" }), /not a regular file/);
  await assert.rejects(fixture.read({ path: "zero" }), /part of the system/);
  await assert.rejects(fixture.read({ path: "/proc/self/environ" }), /part of the system/);
});

test("read_file names the nearest files when there is none of that name", async () => {
  await using fixture = await createFixture({ "docs/readme.md": "x", "docs/main.ts": "x" });
  await assert.rejects(
    fixture.read({ path: "docs/READ_ME.md" }),
    (error: Error & { hint: string }) => {
      assert.match(error.message, MISSING);
      assert.equal(error.hint, "Did you mean readme.md?");
      return true;
    },
  );
  await assert.rejects(fixture.read({ path: "nowhere/at/all.md" }), MISSING);
});

test("[P101] read_file follows links to what they lead to, and begins relative paths in the workspace", async () => {
  await using fixture = await createFixture({ "a.txt": "x" });
  const outside = join(dirname(fixture.workspace), "outside");
  await mkdir(join(outside, ".ssh"), { recursive: true });
  await writeFile(join(outside, "notes.txt"), "public");
  await writeFile(join(outside, ".ssh", "config"), "private");
  await symlink(outside, join(fixture.workspace, "link"));
  for (const path of ["../outside/notes.txt", "link/notes.txt", join(outside, "notes.txt")]) {
    assert.equal(await fixture.read({ path }), "1|public\n", path);
  }
  for (const path of ["link/.ssh/config", "link/.ssh/confug", "../outside/.ssh"]) {
    await assert.rejects(fixture.read({ path }), SECRET, path);
  }
});

test("read_file refuses secret stores, also behind a harmless name", async () => {
  const names = [
    ".env",
    ".ENV",
    ".env.production",
    "production.env",
    ".envrc",
    "deploy/.ssh/config",
    ".aws/credentials",
    "server.key",
    "cert.pem",
    "id_ed25519",
    "id_rsa.pub",
    ".netrc",
    "token.json",
    "credentials",
    "auth.json",
  ];
  await using fixture = await createFixture(Object.fromEntries(names.map((name) => [name, "x"])));
  for (const path of names) {
    await assert.rejects(fixture.read({ path }), SECRET, path);
  }
  await symlink(join(fixture.workspace, ".env"), join(fixture.workspace, "harmless.txt"));
  await assert.rejects(fixture.read({ path: "harmless.txt" }), SECRET);
});

test("read_file reads files that only sound secret", async () => {
  const names = [".env.example", "token.ts", "design-tokens.json", "keys.md", "secretary.txt"];
  await using fixture = await createFixture(Object.fromEntries(names.map((name) => [name, "x"])));
  for (const path of names) assert.equal(await fixture.read({ path }), "1|x\n", path);
});

test("read_file refuses Hermes' own files, but not a workspace among them", async () => {
  await using fixture = await createFixture({ "a.txt": "x" });
  const { hermesHome, places } = fixture;
  await writeFile(join(hermesHome, "config.yaml"), "x");
  await assert.rejects(fixture.read({ path: join(hermesHome, "config.yaml") }), /Hermes itself/);
  const workspace = join(hermesHome, "workspace");
  await mkdir(workspace);
  await writeFile(join(workspace, "b.txt"), "x");
  const inside = createReadFileTool({ workspace, places });
  const input = { offset: 1, limit: 1 };
  const signal = new AbortController().signal;
  assert.equal(await inside.run({ path: "b.txt", ...input }, toolContext(), signal), "1|x\n");
  await assert.rejects(
    inside.run({ path: "../config.yaml", ...input }, toolContext(), signal),
    /Hermes itself/,
  );
});

interface Fixture extends AsyncDisposable {
  readonly workspace: string;
  readonly hermesHome: string;
  readonly places: PathPlaces;
  read(input: Record<string, unknown>): Promise<string>;
}

async function createFixture(files: Readonly<Record<string, string>>): Promise<Fixture> {
  const dir = await tempDir();
  const [workspace, hermesHome] = [join(dir.path, "work"), join(dir.path, "home")];
  await mkdir(workspace);
  await mkdir(hermesHome);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
  const places = { userHome: join(dir.path, "user"), hermesHome };
  const registry = new ToolRegistry([createReadFileTool({ workspace, places })]);
  return {
    workspace,
    hermesHome,
    places,
    read: async (input) => {
      const resolved = registry.resolve({ id: "c1", name: "read_file", arguments: input });
      if (resolved.kind === "refused") throw new Error(resolved.reason);
      return await resolved.tool.run(resolved.input, toolContext(), new AbortController().signal);
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}
