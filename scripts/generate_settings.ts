/**
 * Writes what the table of settings (`src/config/settings.ts`) says into the two example files and
 * into the README. With `--check` it writes nothing and exits with 1 when one of them is stale.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Setting } from "../src/config/setting.ts";
import { configSchema } from "../src/config/config_schema.ts";
import { ALL_SETTINGS } from "../src/config/settings.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCE = "Generated from src/config/settings.ts by scripts/generate_settings.ts.";

/** The provider keys that most people need. */
const PROVIDER_KEYS = [
  "OPENROUTER_API_KEY",
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "GOOGLE_API_KEY",
  "DEEPSEEK_API_KEY",
];

/** What the settings with several values look like; a default would show nothing. */
const YAML_EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  "mattermost.channel_prompts": ["channel_prompts:", "  <channel id>: Answer in one sentence."],
  custom_providers: [
    "custom_providers:",
    "  - name: my-server",
    "    base_url: http://127.0.0.1:8000/v1",
    "    key_env: MY_SERVER_API_KEY",
    "    model: my-model",
  ],
  platform_toolsets: ["platform_toolsets:", "  mattermost: [memory, skills, todo, clarify, file]"],
  providers: ["providers:", "  openrouter:", "    request_timeout_seconds: 600"],
};

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly isStale: boolean;
  readonly text: string;
}

/** The files as they should be. README.md is among them only if it has a place for the table. */
export async function generateSettings(): Promise<readonly GeneratedFile[]> {
  const files = [
    await compare(".env.example", () => envExample()),
    await compare("docs/config.example.yaml", () => yamlExample()),
    await compare("docs/config.schema.json", () => schemaFile()),
    await compare("README.md", replaceTable),
  ];
  return files.filter((file) => file.text !== "");
}

async function compare(
  path: string,
  generate: (written: string) => string,
): Promise<GeneratedFile> {
  const written = await readFile(join(ROOT, path), "utf8").catch(() => "");
  const text = generate(written);
  return { path, text, isStale: text !== written };
}

export function envExample(): string {
  const rows = ALL_SETTINGS.flatMap((row) => {
    const name = row.env?.[0];
    if (name === undefined) return [];
    return [`# ${row.doc}`, `${isUnset(row) ? "" : "# "}${name}=${row.initial ?? ""}`, ""];
  });
  return [
    `# Copy this file to ~/.hermes/.env; an empty value counts as unset. ${SOURCE}`,
    "",
    "# Key of the provider of your model: set one.",
    ...PROVIDER_KEYS.map((name) => `${name}=`),
    "",
    ...rows,
  ].join("\n");
}

export function schemaFile(): string {
  return `${JSON.stringify(configSchema(), undefined, 2)}\n`;
}

export function yamlExample(): string {
  const lines = [
    "# yaml-language-server: $schema=config.schema.json",
    `# Copy what you need to ~/.hermes/config.yaml. ${SOURCE}`,
  ];
  const blocks = Map.groupBy(
    ALL_SETTINGS.filter((row) => row.isSecret === undefined),
    (row) => row.key.includes(".") ? row.key.replace(/\..*/, "") : "",
  );
  const topLast = [...blocks].sort(([a], [b]) => Number(a === "") - Number(b === ""));
  for (const [block, rows] of topLast) {
    if (block === "") lines.push(...rows.flatMap((row) => ["", ...yamlLines(row)]));
    else if (rows.every(isUnset)) {
      const commented = rows.flatMap(yamlLines).map((line) => line.replace(/^# /, "#   "));
      lines.push("", `# ${block}:`, ...commented);
    } else lines.push("", `${block}:`, ...rows.flatMap(yamlLines).map((line) => `  ${line}`));
  }
  return `${lines.join("\n")}\n`;
}

function yamlLines(row: Setting<unknown>): string[] {
  const name = row.key.slice(row.key.lastIndexOf(".") + 1);
  const shown = YAML_EXAMPLES[row.key] ?? [`${name}: ${row.initial ?? ""}`.trimEnd()];
  return [`# ${row.doc}`, ...shown.map((line) => isUnset(row) ? `# ${line}` : line)];
}

/** Whether the setting has no default to show, so that the examples leave its value open. */
function isUnset(row: Setting<unknown>): boolean {
  return row.initial === undefined || row.initial === "";
}

/** The table in the form that `deno fmt` gives it: each column as wide as its widest cell. */
export function readmeTable(): string {
  const cells = ALL_SETTINGS.map((row) => [
    (row.env ?? []).map((name) => `\`${name}\``).join(", "),
    row.isSecret && row.env !== undefined ? "" : `\`${row.key}\``,
    isUnset(row) ? "" : `\`${row.initial}\``,
    row.doc.replaceAll("*", "\\*"),
  ]);
  const rows = [["environment, `.env`", "config.yaml", "default", "what it does"], ...cells];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)));
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function replaceTable(readme: string): string {
  return readme.replace(
    /(<!-- settings:begin -->\n)[\s\S]*?(<!-- settings:end -->)/,
    (_, begin: string, end: string) => `${begin}\n${readmeTable()}\n\n${end}`,
  );
}

async function main(isCheck: boolean): Promise<number> {
  const stale = (await generateSettings()).filter((file) => file.isStale);
  for (const { path, text } of stale) {
    console.log(isCheck ? `${path} is stale: run scripts/generate_settings.ts` : `wrote ${path}`);
    if (isCheck) continue;
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
  }
  return isCheck && stale.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes("--check"));
