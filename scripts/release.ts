/**
 * `deno task release --base-url URL`: makes all files of a release in `dist/release`. It publishes
 * nothing: in the end it says what is left to do.
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import manifest from "../deno.json" with { type: "json" };
import { buildTarget, type Target, TARGETS } from "./build_targets.ts";
import { releaseNotes } from "./changelog.ts";
import { makeRelease } from "./make_release.ts";
import { type ReleaseFacts, releaseProblems } from "./release_problems.ts";
import { readCommand, ROOT_DIR } from "./run_command.ts";

const FOLDER = "dist/release";

const USAGE = `Makes the files of a release in ${FOLDER}.

Usage: deno task release --base-url URL [--targets NAME,NAME] [--allow-dirty]

  --base-url URL   where the release will be found; install.sh and hermes update look there
  --targets NAMES  only these platforms: ${TARGETS.map(({ name }) => name).join(", ")}
  --allow-dirty    also with changes that are not committed, to try it

Example:
  deno task release --base-url https://github.com/OWNER/NAME/releases`;

process.chdir(ROOT_DIR);
process.exitCode = await main(process.argv.slice(2).filter((argument) => argument !== "--"));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === "string") {
    console.log(options);
    return options === USAGE ? 0 : 2;
  }
  const { version } = manifest;
  const notes = releaseNotes(await readFile("CHANGELOG.md", "utf8").catch(() => ""), version);
  const facts = { ...options, notes, ...await gitFacts(version) };
  const problems = releaseProblems(version, facts);
  if (problems.length > 0) {
    console.log(`Cannot release ${version}:\n  ${problems.join("\n  ")}`);
    return 1;
  }
  const { baseUrl, targets } = options;
  // The program knows where to look for the next one.
  const flags = [`--define=HERMES_RELEASES_URL=${JSON.stringify(baseUrl)}`];
  const build = (target: Target, path: string) => buildTarget(target, path, flags);
  await makeRelease({ baseUrl, targets, notes: notes ?? "" }, FOLDER, build);
  console.log(`${FOLDER} is what has to be found at ${baseUrl}. To publish it:
  git tag v${version} && git push origin v${version}
  and upload the folder, "latest" last; or, to GitHub:
  gh release create v${version} ${FOLDER}/download/v${version}/* \\
    --notes-file ${FOLDER}/download/v${version}/RELEASE_NOTES.md`);
  return 0;
}

type Options = Pick<ReleaseFacts, "baseUrl" | "allowsDirty"> & {
  readonly targets: readonly Target[];
};

/** A text is to be printed in place of doing something. */
function readOptions(args: readonly string[]): Options | string {
  const names = {
    "base-url": { type: "string" },
    targets: { type: "string" },
    "allow-dirty": { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: names });
    if (values.help === true) return USAGE;
    const wanted = values.targets?.split(",") ?? TARGETS.map(({ name }) => name);
    const unknown = wanted.find((name) => !TARGETS.some((target) => target.name === name));
    if (unknown !== undefined) return `There is no target "${unknown}": see --help.`;
    return {
      baseUrl: values["base-url"]?.replace(/\/+$/, "") ?? "",
      targets: TARGETS.filter(({ name }) => wanted.includes(name)),
      allowsDirty: values["allow-dirty"] === true,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\nSee --help.`;
  }
}

async function gitFacts(version: string): Promise<Pick<ReleaseFacts, "changedFiles" | "hasTag">> {
  const changed = await readCommand(["git", "status", "--porcelain"]);
  const tags = await readCommand(["git", "tag", "--list", `v${version}`]);
  return {
    changedFiles: changed.split("\n").filter((line) => line !== "").map((line) => line.slice(3)),
    hasTag: tags.trim() !== "",
  };
}
