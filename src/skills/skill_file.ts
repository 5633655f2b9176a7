/** Know-how in a file, in the format of agentskills.io: front matter, then instructions. */
export interface SkillFile {
  readonly name: string;
  /** One line: when the skill helps. */
  readonly description: string;
  /** Operating systems it is for, as `process.platform` names them; empty is all. */
  readonly platforms: readonly string[];
  /** Tools without which it is of no use. */
  readonly requiresTools: readonly string[];
  /** What the model reads: the text below the front matter. */
  readonly body: string;
}

export type ParsedSkill =
  | { readonly kind: "skill"; readonly skill: SkillFile }
  /** `reason` goes on after "the skill …": what is wrong and what to do. */
  | { readonly kind: "refused"; readonly reason: string };

export const SKILL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const DESCRIPTION_CHARS_MAX = 1_024;
/** Longest SKILL.md. */
export const SKILL_CHARS_MAX = 100_000;

/** How skills name operating systems. */
const PLATFORMS: Readonly<Record<string, string>> = {
  macos: "darwin",
  linux: "linux",
  windows: "win32",
};

/** Reads a SKILL.md. `name` comes from its folder where the front matter has none. */
export async function parseSkill(text: string, folderName: string): Promise<ParsedSkill> {
  if (text.length > SKILL_CHARS_MAX) {
    return refused(`is longer than ${SKILL_CHARS_MAX} characters: move parts into references/`);
  }
  const parts = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n")
    .match(/^---\n([^]*?)\n---[^\S\n]*(?:\n([^]*))?$/);
  if (parts === null) return refused("does not begin with front matter between two lines of ---");
  const matter = await parseFrontMatter(parts[1] ?? "");
  if (matter === undefined) return refused("has front matter that is not YAML");
  const name = textOf(matter["name"]) || folderName;
  if (!SKILL_NAME.test(name)) {
    return refused("has a name that is not a-z, 0-9, . _ and -, at most 64 characters");
  }
  const description = textOf(matter["description"]).replaceAll(/\s+/g, " ");
  if (description === "") return refused("has no description: say in one line when it helps");
  if (description.length > DESCRIPTION_CHARS_MAX) {
    return refused(`has a description of more than ${DESCRIPTION_CHARS_MAX} characters`);
  }
  const hermes = asObject(asObject(matter["metadata"])?.["hermes"]);
  const platforms = listOf(matter["platforms"]).map((name) => PLATFORMS[name] ?? name);
  const requiresTools = listOf(hermes?.["requires_tools"]);
  const body = (parts[2] ?? "").trim();
  if (body === "") return refused("has no instructions below its front matter");
  return { kind: "skill", skill: { name, description, platforms, requiresTools, body } };
}

async function parseFrontMatter(text: string): Promise<Record<string, unknown> | undefined> {
  const { parse } = await import("yaml");
  try {
    return asObject(parse(text, { logLevel: "error", maxAliasCount: 10 }));
  } catch {
    return undefined; // What the library says quotes the file; the caller names it.
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf).filter((item) => item !== "") : [];
}

function refused(reason: string): ParsedSkill {
  return { kind: "refused", reason };
}
