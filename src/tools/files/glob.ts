/** Whether a path, with `/` between its names and none at its ends, fits. */
export type PathMatcher = (path: string) => boolean;

/** Most patterns that braces may stand for. */
const ALTERNATIVES_MAX = 64;

/** A matcher for a glob of a person's: as `compileIgnoreGlob`, and `{a,b}` is one of several. */
export function compileGlob(glob: string): PathMatcher {
  const matchers = expandBraces(glob).map(compileIgnoreGlob);
  return (path) => matchers.some((matches) => matches(path));
}

/**
 * A matcher for a glob as .gitignore has them: without `/` it is about the last name, with one about
 * the whole path; `**` stands for any folders. A path takes time in proportion to its length times
 * that of the glob, however hostile both are.
 */
export function compileIgnoreGlob(glob: string): PathMatcher {
  const trimmed = glob.replace(/\/+$/, "");
  const isAboutPath = trimmed.includes("/");
  const wanted: Part[] = trimmed.replace(/^\/+/, "").split("/")
    .map((name) => name === "**" ? undefined : parseName(name));
  const parts = isAboutPath ? wanted : [undefined, ...wanted];
  return (path) => matchWild(parts, path.split("/"), matchName);
}

/** A character of a name. `undefined` is the wild card: any text in a name, any folders in a path. */
type NamePart = ((character: string) => boolean) | undefined;
type Part = readonly NamePart[] | undefined;

function matchName(name: readonly NamePart[], text: string): boolean {
  return matchWild(name, [...text], (fits, character) => fits(character));
}

/**
 * Whether `items` fit `pattern`, in which `undefined` stands for any number of them. After a mismatch
 * only the newest wild card takes one more, which is enough, and is why no pattern takes long.
 */
function matchWild<Wanted, Item>(
  pattern: readonly (Wanted | undefined)[],
  items: readonly Item[],
  fits: (wanted: Wanted, item: Item) => boolean,
): boolean {
  let at = 0;
  let afterWild = 0;
  let wildEnd = 0;
  for (let item = 0; item < items.length;) {
    const wanted = pattern[at];
    if (wanted === undefined && at < pattern.length) {
      afterWild = ++at;
      wildEnd = item;
    } else if (wanted !== undefined && fits(wanted, items[item] as Item)) {
      at++;
      item++;
    } else if (afterWild > 0) {
      at = afterWild;
      item = ++wildEnd;
    } else return false;
  }
  return pattern.slice(at).every((wanted) => wanted === undefined);
}

function parseName(name: string): NamePart[] {
  const parts: NamePart[] = [];
  const characters = [...name];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    const end = character === "[" ? endOfClass(characters, at) : -1;
    if (character === "*") parts.push(undefined);
    else if (character === "?") parts.push(() => true);
    else if (end > 0) {
      parts.push(parseClass(characters.slice(at + 1, end)));
      at = end;
    } else if (character === "\\" && at + 1 < characters.length) {
      parts.push(isThe(characters[++at]));
    } else parts.push(isThe(character));
  }
  return parts;
}

function isThe(wanted: string | undefined): (character: string) => boolean {
  return (character) => character === wanted;
}

/** Where a class such as `[!a-z]` ends; -1 for a bracket that opens none. */
function endOfClass(characters: readonly string[], start: number): number {
  const first = start + (/[!^]/.test(characters[start + 1] ?? "") ? 2 : 1);
  return characters.indexOf("]", first + 1); // Right at the beginning it is a member.
}

function parseClass(members: readonly string[]): (character: string) => boolean {
  const isNegated = members[0] === "!" || members[0] === "^";
  const rest = isNegated ? members.slice(1) : members;
  const ranges: [from: string, to: string][] = [];
  for (let at = 0; at < rest.length; at++) {
    const from = rest[at] ?? "";
    const to = rest[at + 1] === "-" ? rest[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return (character) =>
    ranges.some(([from, to]) => character >= from && character <= to) !== isNegated;
}

/** The globs that one with braces stands for; braces that are not closed stand for themselves. */
export function expandBraces(glob: string): string[] {
  let expanded = [""];
  for (const [piece, inner] of glob.matchAll(/\{([^{}]*,[^{}]*)\}|[^{]+|\{/g)) {
    const choices = inner === undefined ? [piece] : inner.split(",");
    expanded = expanded.flatMap((before) => choices.map((choice) => before + choice))
      .slice(0, ALTERNATIVES_MAX);
  }
  return expanded;
}
