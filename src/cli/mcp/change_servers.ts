import { MCP_SERVER_NAME } from "../../config/mcp_servers.ts";
import { writeSettings } from "../../config/write_settings.ts";
import type { YamlChanges } from "../../config/yaml_edit.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { sentence } from "../render_error.ts";
import { findServer } from "./list_servers.ts";

export interface NewServer {
  readonly name: string;
  readonly command?: string;
  readonly args: readonly string[];
  readonly url?: string;
  /** As `NAME=value`. */
  readonly env: readonly string[];
  /** As `Name: value`. */
  readonly header: readonly string[];
}

/** `hermes mcp add NAME` */
export async function addServer(server: NewServer, io: CliIo): Promise<number> {
  const problem = problemOf(server);
  if (problem !== undefined) {
    io.err(sentence(problem));
    return EXIT.usage;
  }
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.failure;
  const { name } = server;
  if (loaded.config.mcp.servers.some((each) => each.name === name)) {
    io.err(`There is an MCP server called "${name}" already: remove it first.`);
    return EXIT.failure;
  }
  await writeSettings(loaded.paths, { env: {}, yaml: changesFor(server) });
  io.out(`Added ${name}: hermes mcp test ${name} tries it.`);
  return EXIT.ok;
}

/** `hermes mcp remove NAME` */
export async function removeServer(name: string, io: CliIo): Promise<number> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.failure;
  if (findServer(name, loaded.config.mcp.servers, io) === undefined) return EXIT.failure;
  const yaml = { [`mcp_servers.${name}`]: undefined };
  await writeSettings(loaded.paths, { env: {}, yaml });
  io.out(`Removed ${name}.`);
  return EXIT.ok;
}

const ENV = /^([A-Za-z_]\w*)=(.*)$/;
const HEADER = /^([A-Za-z][\w-]*):\s*(.+)$/;
const SECRET_NAME = /(?:key|token|secret|password|authorization|cookie)$/i;

function problemOf({ name, command, url, args, env, header }: NewServer): string | undefined {
  if (!MCP_SERVER_NAME.test(name)) {
    return `"${name}" is no name for a server: write up to 40 letters, digits, - and _`;
  }
  if ((command === undefined) === (url === undefined)) {
    return "Say by which a server is reached: --command or --url, and not both";
  }
  if (url !== undefined && !/^https?:\/\/./i.test(url)) {
    return "The address does not begin with https:// or http://: write it like https://tools.example.com/mcp";
  }
  if (url !== undefined && args.length + env.length > 0) {
    return "Arguments and --env are for programs: leave them out, or use --command";
  }
  if (command !== undefined && header.length > 0) {
    return "--header is for servers with an address: leave it out, or use --url";
  }
  if (env.some((text) => !ENV.test(text))) return "Write a variable as --env NAME=value";
  if (header.some((text) => !HEADER.test(text))) return "Write a header as --header 'Name: value'";
  const pairs = [...pairsOf(env, ENV), ...pairsOf(header, HEADER)];
  const open = pairs.find(([key, value]) => SECRET_NAME.test(key) && !value.includes("${"));
  if (open === undefined) return undefined;
  return `${open[0]} looks like a secret: put it into .env, and write \${NAME} for it here`;
}

function pairsOf(texts: readonly string[], form: RegExp): [key: string, value: string][] {
  return texts.map((text) => {
    const [, key = "", value = ""] = text.match(form) ?? [];
    return [key, value];
  });
}

function changesFor({ name, command, args, url, env, header }: NewServer): YamlChanges {
  const at = `mcp_servers.${name}`;
  const below = (block: string, pairs: [string, string][]) =>
    Object.fromEntries(pairs.map(([key, value]) => [`${at}.${block}.${key}`, value]));
  if (url !== undefined) {
    return { [`${at}.url`]: url, ...below("headers", pairsOf(header, HEADER)) };
  }
  return {
    [`${at}.command`]: command,
    ...(args.length > 0 ? { [`${at}.args`]: args } : {}),
    ...below("env", pairsOf(env, ENV)),
  };
}
