import { type JsonSchema, orNothing } from "./json_schema.ts";
import type { Setting } from "./setting.ts";
import { ALL_SETTINGS } from "./settings.ts";

/** Blocks that are also known as a single value: `model: some-id`. */
const SHORT_FORMS = ["model"];

interface Block {
  readonly rows: Map<string, Setting<unknown>>;
  readonly blocks: Map<string, Block>;
}

/**
 * The JSON Schema of config.yaml, for editors: it completes and checks while somebody writes. What
 * it does not know it lets pass, since a file of the Python original has more in it.
 */
export function configSchema(): JsonSchema {
  const root: Block = { rows: new Map(), blocks: new Map() };
  for (const row of ALL_SETTINGS) place(row, row.key.split("."), root);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "config.yaml of Hermes",
    ...sectionSchema(root),
    type: ["object", "null"],
  };
}

function place(
  row: Setting<unknown>,
  [name = "", ...below]: readonly string[],
  block: Block,
): void {
  if (below.length === 0) {
    block.rows.set(name, row);
    return;
  }
  const inner = block.blocks.get(name) ?? { rows: new Map(), blocks: new Map() };
  block.blocks.set(name, inner);
  place(row, below, inner);
}

function sectionSchema({ rows, blocks }: Block): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const [name, row] of rows) properties[name] = rowSchema(row);
  for (const [name, block] of blocks) {
    const inner = { ...sectionSchema(block), type: ["object", "null"] };
    properties[name] = SHORT_FORMS.includes(name) ? { anyOf: [inner, { type: "string" }] } : inner;
  }
  return { type: "object", properties };
}

function rowSchema({ parse, doc, initial, isSecret, env }: Setting<unknown>): JsonSchema {
  const remedy = isSecret === undefined
    ? ""
    : ` It is a secret: write it to .env${env === undefined ? "" : ` as ${env[0]}`}.`;
  return {
    description: doc + remedy,
    ...(initial === undefined || initial === "" ? {} : { default: typed(initial) }),
    ...(parse.schema === undefined ? {} : orNothing(parse.schema)),
  };
}

/** As one would write it in YAML. */
function typed(initial: string): string | number | boolean {
  if (initial === "true" || initial === "false") return initial === "true";
  return /^\d+(?:\.\d+)?$/.test(initial) ? Number(initial) : initial;
}
