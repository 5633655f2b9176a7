/** What decides whether there can be a release. */
export interface ReleaseFacts {
  readonly baseUrl: string;
  /** What the changelog says of the version. */
  readonly notes: string | undefined;
  /** What is not committed. */
  readonly changedFiles: readonly string[];
  /** Whether that does not matter, because the release is only for trying. */
  readonly allowsDirty: boolean;
  /** Whether this version has been released already. */
  readonly hasTag: boolean;
}

/** What can stand between quotes in a shell, without any of them and without blanks. */
const ADDRESS = /^(https:\/\/|http:\/\/(?:127\.0\.0\.1|localhost)[:/])[\w.~:/%+@=-]+$/;
const FILES_SHOWN_MAX = 3;

/** What stands in the way of a release, a sentence each. */
export function releaseProblems(version: string, facts: ReleaseFacts): readonly string[] {
  const { allowsDirty, baseUrl, changedFiles, hasTag, notes } = facts;
  const problems: string[] = [];
  if (baseUrl === "") problems.push("Name the address of the releases with --base-url.");
  else if (!ADDRESS.test(baseUrl)) {
    problems.push(`"${baseUrl}" is not an address of https: correct --base-url.`);
  }
  if (notes === undefined) {
    problems.push(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD": write it.`);
  }
  if (hasTag) problems.push(`There is a tag v${version} already: raise the version in deno.json.`);
  if (changedFiles.length > 0 && !allowsDirty) {
    const more = changedFiles.length > FILES_SHOWN_MAX ? ", ..." : "";
    const shown = changedFiles.slice(0, FILES_SHOWN_MAX).join(", ") + more;
    problems.push(`Not everything is committed (${shown}): commit it, or try --allow-dirty.`);
  }
  return problems;
}
