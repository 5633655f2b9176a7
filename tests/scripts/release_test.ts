import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import manifest from "../../deno.json" with { type: "json" };
import { type Target, TARGETS } from "../../scripts/build_targets.ts";
import { releaseNotes } from "../../scripts/changelog.ts";
import { makeRelease } from "../../scripts/make_release.ts";
import { releaseProblems } from "../../scripts/release_problems.ts";
import { InstallLab } from "../support/install_lab.ts";
import { programOf } from "../support/release_server.ts";
import { tempDir } from "../support/temp_dir.ts";

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.1.0] - 2026-12-01

### Added

- One thing, see [this].

## [1.0.0] - 2026-11-01

The first version.

## [0.9.0]

No date.

## [0.8.0] - 2026-10-01

[this]: https://example.com
`;

test("releaseNotes() gives the section of a version, and nothing for one without text or date", () => {
  assert.equal(releaseNotes(CHANGELOG, "1.1.0"), "### Added\n\n- One thing, see [this].");
  assert.equal(releaseNotes(CHANGELOG, "1.0.0"), "The first version.");
  for (const version of ["0.9.0", "0.8.0", "Unreleased", "1.1", "1.0.1", "1x0.0"]) {
    assert.equal(releaseNotes(CHANGELOG, version), undefined, version);
  }
});

test("[P79] the changelog has a section for the version of the manifest", async () => {
  assert.ok(releaseNotes(await readFile("CHANGELOG.md", "utf8"), manifest.version));
});

const FINE = {
  baseUrl: "https://example.com/hermes/releases",
  notes: "Something.",
  changedFiles: [],
  allowsDirty: false,
  hasTag: false,
};

test("[P79] releaseProblems() names all that stands in the way of a release", () => {
  assert.deepEqual(releaseProblems("1.0.0", FINE), []);
  assert.deepEqual(
    releaseProblems("1.0.0", {
      baseUrl: "",
      notes: undefined,
      changedFiles: ["a", "b", "c", "d"],
      allowsDirty: false,
      hasTag: true,
    }),
    [
      "Name the address of the releases with --base-url.",
      'CHANGELOG.md has no section "## [1.0.0] - YYYY-MM-DD": write it.',
      "There is a tag v1.0.0 already: raise the version in deno.json.",
      "Not everything is committed (a, b, c, ...): commit it, or try --allow-dirty.",
    ],
  );
  assert.deepEqual(
    releaseProblems("1.0.0", { ...FINE, changedFiles: ["a"], allowsDirty: true }),
    [],
  );
});

test("[P79] releaseProblems() takes only an address that is safe in a script, and encrypted", () => {
  for (const baseUrl of ["http://127.0.0.1:8000", "http://localhost/x", "https://a.b/c%20d/~e"]) {
    assert.deepEqual(releaseProblems("1.0.0", { ...FINE, baseUrl }), [], baseUrl);
  }
  const bad = ["http://example.com", "https://", "https://a.b/'; rm", "https://a.b/$x", "a.b"];
  for (const baseUrl of [...bad, "http://localhost.evil.com/", "https://a.b/\n"]) {
    assert.equal(releaseProblems("1.0.0", { ...FINE, baseUrl }).length, 1, baseUrl);
  }
});

/** Programs that say which platform they are for. */
async function fakeBuild({ name }: Target, path: string): Promise<void> {
  await writeFile(path, `${programOf(manifest.version)}# ${name}\n`);
}

test("[P79] makeRelease() makes a folder that a web server can serve, and whose install.sh knows it", async () => {
  await using lab = await InstallLab.open();
  await using dir = await tempDir();
  const release = { baseUrl: lab.releases.url, targets: TARGETS, notes: "What is new." };
  await makeRelease(release, dir.path, fakeBuild);
  for (const entry of await readdir(dir.path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    lab.releases.put(path.slice(dir.path.length), await readFile(path));
  }
  const script = await readFile(join(dir.path, "latest", "download", "install.sh"), "utf8");
  const { exitCode, stderr } = await lab.run({ env: { HERMES_INSTALL_URL: "" } }, script);
  assert.equal(exitCode, 0, stderr);
  const notes = join(dir.path, "download", `v${manifest.version}`, "RELEASE_NOTES.md");
  assert.equal(await readFile(notes, "utf8"), "What is new.\n");
});

test("[P79] makeRelease() gives the same bytes each time, and leaves nothing of before", async () => {
  const release = { baseUrl: FINE.baseUrl, targets: TARGETS.slice(0, 2), notes: "x" };
  await using one = await tempDir();
  await using two = await tempDir();
  await writeFile(join(two.path, "left-over"), "");
  const sums: string[] = [];
  for (const { path } of [one, two]) {
    await makeRelease(release, path, fakeBuild);
    sums.push(await readFile(join(path, "latest", "download", "SHA256SUMS"), "utf8"));
  }
  assert.equal(sums[0], sums[1]);
  assert.deepEqual((await readdir(two.path)).sort(), ["download", "latest"]);
});
