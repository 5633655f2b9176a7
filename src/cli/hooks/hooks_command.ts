import { randomBytes } from "node:crypto";
import { HOOK_NAME, HookBook } from "../../gateway/hooks/hook_book.ts";
import { HOOKS_PATH } from "../../gateway/hooks/hook_door.ts";
import { parseTargets } from "../../cron/targets.ts";
import { unknownToolsets } from "../../tools/toolsets.ts";
import { parseTarget, TARGET_FORMS } from "../../gateway/outbox/target.ts";
import { systemClock } from "../../runtime/clock.ts";
import { dayText } from "../time_text.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { sentence } from "../render_error.ts";

const TOKEN_BYTES = 32;

/** `hermes hooks list` */
export async function listHooks(options: { readonly json: boolean }, io: CliIo): Promise<number> {
  const opened = await openBook(io);
  if (opened === undefined) return EXIT.failure;
  const hooks = await opened.book.all();
  if (options.json) {
    const shown = hooks.map(({ name, target, prompt, createdAtMs }) => ({
      name,
      target,
      ...(prompt === undefined ? {} : { prompt }),
      url: opened.urlOf(name),
      created_at: new Date(createdAtMs).toISOString(),
    }));
    io.out(JSON.stringify({ hooks: shown }, undefined, 2));
    return EXIT.ok;
  }
  if (hooks.length === 0) io.out("There are no hooks: hermes hooks add adds one.");
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  for (const { name, target, prompt, createdAtMs } of hooks) {
    const what = prompt === undefined ? "" : ", for the agent";
    const since = dayText(createdAtMs, timeZone);
    io.out(`${name}: to ${target}${what}, at ${opened.urlOf(name)}, since ${since}`);
  }
  return EXIT.ok;
}

/** `hermes hooks add NAME` */
export async function addHook(
  input: {
    readonly name: string;
    readonly target: string;
    readonly prompt: string | undefined;
    readonly toolsets: readonly string[];
    readonly json: boolean;
  },
  io: CliIo,
): Promise<number> {
  const { json, name, target, prompt } = input;
  if (!HOOK_NAME.test(name)) {
    io.err(`"${name}" cannot be the name of a hook.\n  Use a-z, 0-9, and - or _ between them.`);
    return EXIT.usage;
  }
  const parsed = parseTarget(target);
  if (parsed.kind === "refused" || parsed.target.kind === "origin") {
    const problem = parsed.kind === "refused" ? parsed.problem : `"origin" is no target here`;
    io.err(`${sentence(problem)}\n  Write one of: ${TARGET_FORMS}.`);
    return EXIT.usage;
  }
  const asTarget = prompt === undefined ? undefined : parseTargets(target);
  if (asTarget?.kind === "refused") {
    io.err(`${sentence(`"${target}" is no target for --prompt: ${asTarget.reason}`)}`);
    return EXIT.usage;
  }
  const toolsets = prompt === undefined ? [] : input.toolsets;
  const opened = await openBook(io);
  if (opened === undefined) return EXIT.failure;
  const unknown = unknownToolsets({ byPlatform: { cron: toolsets }, disabled: [] }, opened.servers);
  if (unknown.length > 0) {
    io.err(`There is no set of tools "${unknown[0]}".\n  hermes tools lists them.`);
    return EXIT.usage;
  }
  if ((await opened.book.all()).some((hook) => hook.name === name)) {
    io.err(`There is a hook called "${name}".\n  Remove it first: hermes hooks remove ${name}`);
    return EXIT.failure;
  }
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const createdAtMs = systemClock.nowMs();
  await opened.book.put({ name, target, prompt, toolsets, createdAtMs }, token);
  const url = opened.urlOf(name);
  if (json) io.out(JSON.stringify({ name, target, url, token }));
  else {
    io.out(`Address: ${url}`);
    io.out(`Token:   ${token}`);
    io.err("The token is shown this once. Send it as: Authorization: Bearer TOKEN");
  }
  return EXIT.ok;
}

/** `hermes hooks remove NAME` */
export async function removeHook(name: string, io: CliIo): Promise<number> {
  const opened = await openBook(io);
  if (opened === undefined) return EXIT.failure;
  if (!await opened.book.remove(name)) {
    io.err(`There is no hook called "${name}".\n  hermes hooks list lists them.`);
    return EXIT.failure;
  }
  io.out(`Removed ${name}.`);
  return EXIT.ok;
}

async function openBook(io: CliIo) {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return undefined;
  const { host, port } = loaded.config.gateway.hooksListen;
  const base = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    book: new HookBook(loaded.paths.hooksFile),
    servers: loaded.config.mcp.servers.map(({ name }) => name),
    urlOf: (name: string) => `${base}${HOOKS_PATH}${name}`,
  };
}
