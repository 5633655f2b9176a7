/** What one run of a test runner came to. */
export interface TestReport {
  readonly passed: number;
  readonly skipped: number;
  /** One line for each test that failed, and for each file that told of no test at all. */
  readonly failures: readonly string[];
}

/**
 * Reads the JUnit report of a run over `files`. A file that is not in it (it did not load, or its
 * process died) counts as one failure: the runners leave such files out.
 */
export function readTestReport(junit: string, files: readonly string[]): TestReport {
  const text = junit.replace(/<!\[CDATA\[.*?\]\]>/gs, "");
  let passed = 0;
  let skipped = 0;
  const failures: string[] = [];
  // "<" is escaped in names and messages, so a tag is a tag; ">" need not be.
  for (const part of text.split("<testcase ").slice(1)) {
    if (/<(failure|error)\b/.test(part)) failures.push(describeTest(part));
    else if (/<skipped\b/.test(part)) skipped++;
    else passed++;
  }
  for (const file of files) {
    if (!text.includes(`"${file}"`) && !text.includes(`"./${file}"`)) {
      failures.push(`${file}: no test reported`);
    }
  }
  return { passed, skipped, failures };
}

/** Bun names the file in `file`, Deno in `classname`; Bun's `classname` is the enclosing `describe`. */
function describeTest(attributes: string): string {
  const read = (name: string) =>
    unescapeXml(attributes.match(new RegExp(`(?:^| )${name}="([^"]*)"`))?.[1] ?? "");
  return `${(read("file") || read("classname")).replace(/^\.\//, "")}: ${read("name")}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
