import { Secret } from "../runtime/secret.ts";
import { FieldReader, summary } from "./field_reader.ts";
import {
  accepted,
  boolean,
  described,
  emptyRecord,
  type Parser,
  plainText,
  refused,
  seconds,
  textList,
  webUrl,
} from "./parsers.ts";
import type { RawValue } from "./raw_value.ts";

/** A server of tools that speaks the Model Context Protocol: one entry of `mcp_servers`. */
export type McpServerEntry =
  & {
    readonly name: string;
    readonly enabled: boolean;
    readonly callMsMax: number;
    readonly connectMsMax: number;
    /** Its calls may run side by side. */
    readonly isConcurrent: boolean;
    /** The only tools to offer, by their own names; empty for all. */
    readonly included: readonly string[];
    readonly excluded: readonly string[];
  }
  & (
    | {
      readonly kind: "program";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, Secret>>;
    }
    | {
      readonly kind: "http";
      readonly url: string;
      readonly headers: Readonly<Record<string, Secret>>;
    }
  );

/** Where settings below `mcp_servers` may stand. */
export const MCP_SERVER_KEYS = [
  "command",
  "args",
  "env.*",
  "url",
  "headers.*",
  "enabled",
  "timeout",
  "connect_timeout",
  "supports_parallel_tool_calls",
  "tools.include",
  "tools.exclude",
].map((field) => `*.${field}`);

/** What a server may be called; its name becomes a part of those of its tools. */
export const MCP_SERVER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

const CALL_MS_MAX = 120_000;
const CONNECT_MS_MAX = 60_000;
const SECONDS = seconds(1, 86_400);

export const mcpServers: Parser<readonly McpServerEntry[]> = described(
  { type: "object", additionalProperties: { type: ["object", "null"] } },
  (raw) => {
    if (raw.kind === "empty") return accepted([]);
    if (raw.kind !== "map") return refused("is not a map: write one server: a line");
    const fields: FieldReader[] = [];
    const servers = [...raw.entries].map(([name, item]) => {
      const entry = new FieldReader(item, `.${name}`);
      fields.push(entry);
      return readServer(name, item, entry, fields);
    });
    return summary(servers, fields);
  },
);

function readServer(
  name: string,
  raw: RawValue,
  entry: FieldReader,
  fields: FieldReader[],
): McpServerEntry {
  const tools = new FieldReader(
    (raw.kind === "map" ? raw.entries.get("tools") : undefined) ??
      { kind: "empty", line: raw.line },
    `.${name}.tools`,
  );
  fields.push(tools);
  const common = {
    name,
    enabled: entry.optional("enabled", boolean) ?? true,
    callMsMax: entry.optional("timeout", SECONDS) ?? CALL_MS_MAX,
    connectMsMax: entry.optional("connect_timeout", SECONDS) ?? CONNECT_MS_MAX,
    isConcurrent: entry.optional("supports_parallel_tool_calls", boolean) ?? false,
    included: tools.optional("include", textList) ?? [],
    excluded: tools.optional("exclude", textList) ?? [],
  };
  const command = entry.optional("command", plainText);
  const url = entry.optional("url", SERVER_URL);
  const problem = problemOf(name, command, url);
  if (problem !== undefined && entry.problems.length === 0) {
    entry.problems.push({ predicate: problem, line: raw.line, below: `.${name}` });
  }
  if (url !== undefined) {
    const headers = entry.optional("headers", secretTexts) ?? emptyRecord<Secret>();
    return { ...common, kind: "http", url, headers };
  }
  return {
    ...common,
    kind: "program",
    command: command ?? "",
    args: entry.optional("args", argumentList) ?? [],
    env: entry.optional("env", secretTexts) ?? emptyRecord<Secret>(),
  };
}

const SERVER_URL = webUrl("https://tools.example.com/mcp");

function problemOf(
  name: string,
  command: string | undefined,
  url: string | undefined,
): string | undefined {
  if (!MCP_SERVER_NAME.test(name)) {
    return "is no name for a server: write up to 40 letters, digits, - and _";
  }
  if (command !== undefined && url !== undefined) {
    return "has a command and a url: keep the one by which the server is reached";
  }
  if (command === undefined && url === undefined) {
    return "has no command and no url: add the one by which the server is reached";
  }
  return undefined;
}

/** As a list, so that a comma or a space in an argument is a part of it. */
const argumentList: Parser<readonly string[]> = (raw) => {
  if (raw.kind === "empty") return accepted([]);
  if (raw.kind !== "list") return refused("is not a list: write [first, second]");
  const texts = raw.items.map((item) => textOf(item));
  return texts.some((text) => text === undefined)
    ? refused("holds something that is not a text: write [first, second]")
    : accepted(texts.map((text) => text ?? ""));
};

/** Texts by name. Any of them may be a secret, so none is ever shown. */
const secretTexts: Parser<Readonly<Record<string, Secret>>> = (raw) => {
  if (raw.kind !== "map") return refused("is not a map: write one NAME: value a line");
  const texts = emptyRecord<Secret>();
  for (const [name, value] of raw.entries) {
    const text = textOf(value);
    if (text === undefined || /[\r\n\0]/.test(text)) {
      return refused(`has no single line of text under ${name}`);
    }
    texts[name] = new Secret(text);
  }
  return accepted(texts);
};

function textOf(raw: RawValue): string | undefined {
  if (raw.kind === "empty") return "";
  return raw.kind === "text" ? raw.text : undefined;
}
