/** One file of a patch. */
export type FileOperation =
  | { readonly kind: "add"; readonly path: string; readonly lines: readonly string[] }
  | { readonly kind: "delete"; readonly path: string }
  | {
    readonly kind: "update";
    readonly path: string;
    readonly movedTo: string | undefined;
    readonly hunks: readonly Hunk[];
  };

/** Lines that belong together. */
export interface Hunk {
  /** Lines that stand somewhere above it, as given behind `@@`. */
  readonly anchors: readonly string[];
  readonly lines: readonly HunkLine[];
  /** It is about the end of the file. */
  readonly isAtEnd: boolean;
}

export interface HunkLine {
  readonly kind: "context" | "removed" | "added";
  readonly text: string;
}

export type ParsedPatch =
  | { readonly kind: "parsed"; readonly operations: readonly FileOperation[] }
  | { readonly kind: "refused"; readonly reason: string };

const FILE_LINE = /^\*\*\* (Add|Update|Delete) File: (.+)$/;
const MOVE_LINE = /^\*\*\* Move to: (.+)$/;
const FRAME_LINE = /^(?:\*\*\* (?:Begin|End) Patch|```\w*)\s*$/;

/**
 * Reads a patch of the form that models are trained on (`*** Begin Patch`, `*** Update File: path`,
 * `@@ anchor`, lines that begin with a space, `-` or `+`). Frames may be missing.
 */
export function parsePatch(text: string): ParsedPatch {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const operations: FileOperation[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const [, kind, path] = line.match(FILE_LINE) ?? [];
    if (kind === undefined || path === undefined) {
      if (line.trim() === "" || FRAME_LINE.test(line)) {
        at++;
        continue;
      }
      return refuse(at, line, "expected *** Add File, *** Update File or *** Delete File");
    }
    const end = endOfFilePart(lines, at + 1);
    const parsed = parseFile(kind, path.trim(), lines.slice(at + 1, end), at + 1);
    if ("reason" in parsed) return { kind: "refused", reason: parsed.reason };
    operations.push(parsed);
    at = end;
  }
  if (operations.length === 0) return { kind: "refused", reason: "the patch names no file" };
  return { kind: "parsed", operations };
}

/** The files that a patch names, also of one that is not well-formed. */
export function pathsOfPatch(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const path = line.match(FILE_LINE)?.[2] ?? line.match(MOVE_LINE)?.[1];
    return path === undefined ? [] : [path.trim()];
  });
}

function endOfFilePart(lines: readonly string[], from: number): number {
  const end = lines.findIndex((line, at) =>
    at >= from && (FILE_LINE.test(line) || FRAME_LINE.test(line))
  );
  return end === -1 ? lines.length : end;
}

function parseFile(
  kind: string,
  path: string,
  lines: readonly string[],
  firstLine: number,
): FileOperation | { readonly reason: string } {
  if (kind === "Delete") return { kind: "delete", path };
  if (kind === "Add") {
    const given = withoutLastBlanks(lines);
    const wrong = given.findIndex((line) => !line.startsWith("+"));
    if (wrong !== -1) return refuse(firstLine + wrong, given[wrong], "a new file has + lines only");
    return { kind: "add", path, lines: given.map((line) => line.slice(1)) };
  }
  const movedTo = lines[0]?.match(MOVE_LINE)?.[1]?.trim();
  const skipped = movedTo === undefined ? 0 : 1;
  const hunks = parseHunks(lines.slice(skipped), firstLine + skipped);
  if ("reason" in hunks) return hunks;
  if (hunks.length === 0 && movedTo === undefined) {
    return { reason: `the patch changes nothing in ${path}` };
  }
  return { kind: "update", path, movedTo, hunks };
}

function parseHunks(
  lines: readonly string[],
  firstLine: number,
): readonly Hunk[] | { readonly reason: string } {
  const hunks: { anchors: string[]; lines: HunkLine[]; isAtEnd: boolean }[] = [];
  for (const [at, line] of withoutLastBlanks(lines).entries()) {
    const open = hunks.at(-1);
    if (line.startsWith("@@")) {
      const anchor = anchorOf(line);
      const goesOn = open !== undefined && open.lines.length === 0;
      const hunk = goesOn ? open : { anchors: [], lines: [], isAtEnd: false };
      if (!goesOn) hunks.push(hunk);
      if (anchor !== "") hunk.anchors.push(anchor);
    } else if (line.trim() === "*** End of File") {
      if (open !== undefined) open.isAtEnd = true;
    } else {
      const parsed = parseHunkLine(line);
      if (parsed === undefined) {
        return refuse(firstLine + at, line, "a line begins with a space, - or +");
      }
      if (open === undefined) hunks.push({ anchors: [], lines: [parsed], isAtEnd: false });
      else open.lines.push(parsed);
    }
  }
  return hunks.map((hunk) => ({ ...hunk, lines: withoutLastEmpty(hunk.lines) }))
    .filter((hunk) => hunk.lines.some((line) => line.kind !== "context"));
}

/** What stands behind `@@`, or behind the second one of `@@ -1,3 +1,4 @@ anchor`. */
function anchorOf(line: string): string {
  return line.replace(/^@@\s*(?:-\d+(?:,\d+)?\s+\+\d+(?:,\d+)?\s*@@)?\s*/, "").trim();
}

function parseHunkLine(line: string): HunkLine | undefined {
  const text = line.slice(1);
  switch (line[0]) {
    case " ":
      return { kind: "context", text };
    case "-":
      return { kind: "removed", text };
    case "+":
      return { kind: "added", text };
    case undefined:
      return { kind: "context", text: "" };
    default:
      return undefined;
  }
}

/** Empty lines before the next part of a patch are there for the eye. */
function withoutLastBlanks(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}

function withoutLastEmpty(lines: readonly HunkLine[]): readonly HunkLine[] {
  const last = lines.findLastIndex((line) => line.kind !== "context" || line.text !== "");
  return lines.slice(0, last + 1);
}

function refuse(at: number, line: string | undefined, expected: string) {
  const shown = JSON.stringify((line ?? "").slice(0, 60));
  return {
    kind: "refused" as const,
    reason: `line ${at + 1} of the patch is ${shown}: ${expected}`,
  };
}
