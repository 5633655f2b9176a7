import { acquireLock } from "../../runtime/lock_file.ts";
import { silentLog } from "../../runtime/log.ts";
import { systemClock } from "../../runtime/clock.ts";
import { systemRandom } from "../../runtime/random.ts";
import { printableText } from "../../sandbox/chat_text.ts";
import { openJsonSessionStore } from "../../sessions/json_session_store.ts";
import type { SessionStore } from "../../sessions/session_store.ts";
import { cleanTitle, uniqueTitle } from "../../sessions/session_titles.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { plural } from "../plural.ts";
import { type KeptSession, KeptSessions, type Source } from "./kept_sessions.ts";
import { readSource } from "./list_sessions.ts";
import { lockSession, SessionBusyError } from "./session_lock.ts";

/** `hermes sessions delete`. A conversation that a process may have open is left alone. */
export async function deleteSession(
  wanted: string,
  { yes }: { readonly yes: boolean },
  io: CliIo,
): Promise<number> {
  const sessions = new KeptSessions(io);
  const kept = await sessions.get(wanted);
  const name = nameOf(kept);
  if (!yes) {
    io.err(`Nothing was deleted: add --yes to delete ${name} for good.`);
    return EXIT.usage;
  }
  await using lock = await lockKept(kept, sessions);
  if (lock.kind === "gateway") return refuse(`delete ${name}`, io);
  await withStore(kept.source, sessions, (store) => store.remove([kept.id]));
  io.out(`Deleted ${name}.`);
  return EXIT.ok;
}

/** `hermes sessions rename`. */
export async function renameSession(wanted: string, title: string, io: CliIo): Promise<number> {
  const clean = cleanTitle(title);
  if (clean === "") {
    io.err("The title is empty.");
    return EXIT.usage;
  }
  const sessions = new KeptSessions(io);
  const kept = await sessions.get(wanted);
  await using lock = await lockKept(kept, sessions);
  if (lock.kind === "gateway") return refuse(`rename ${nameOf(kept)}`, io);
  const others = (await sessions.entries(kept.source)).filter(({ id }) => id !== kept.id);
  const unique = uniqueTitle(clean, new Set(others.flatMap((other) => other.title ?? [])));
  const isDone = await withStore(kept.source, sessions, (store) => store.rename(kept.id, unique));
  if (!isDone) {
    io.err(`Cannot rename ${nameOf(kept)}: the index of its folder does not know it.`);
    return EXIT.failure;
  }
  io.out(`Renamed ${kept.id} to "${unique}".`);
  return EXIT.ok;
}

const DAY_MS = 86_400_000;

export interface PruneFlags {
  /** In days, with or without a `d`. */
  readonly olderThan: string;
  readonly source?: string;
  readonly yes?: boolean;
}

/** `hermes sessions prune`: deletes what nobody has said anything in for long. */
export async function pruneSessions(flags: PruneFlags, io: CliIo): Promise<number> {
  const days = Number(flags.olderThan.replace(/d$/i, ""));
  if (!Number.isInteger(days) || days < 1) {
    io.err(`"${flags.olderThan}" is no whole number of days above 0, such as 90 or 90d.`);
    return EXIT.usage;
  }
  const source = readSource(flags.source, io);
  if (source === "wrong") return EXIT.usage;
  const sessions = new KeptSessions(io);
  const before = systemClock.nowMs() - days * DAY_MS;
  const old = (await sessions.entries(source)).filter(({ writtenAtMs }) => writtenAtMs < before);
  if (old.length === 0) {
    io.out(`No conversation is older than ${plural(days, "day")}.`);
    return EXIT.ok;
  }
  if (flags.yes !== true) {
    io.err(
      `Nothing was deleted: add --yes to delete ${plural(old.length, "conversation")}, ` +
        `older than ${plural(days, "day")}, for good.`,
    );
    return EXIT.usage;
  }
  let deleted = 0;
  let left = 0;
  for (const from of ["mattermost", "cli"] as const) {
    const entries = old.filter((entry) => entry.source === from);
    if (entries.length === 0) continue;
    const ids = from === "cli"
      ? await pruneTerminal(entries.map(({ id }) => id), sessions)
      : await pruneGateway(entries.map(({ id }) => id), sessions);
    deleted += ids.length;
    left += entries.length - ids.length;
  }
  io.out(`Deleted ${plural(deleted, "conversation")}.`);
  if (left === 0) return EXIT.ok;
  io.err(`Left ${plural(left, "conversation")}: a gateway or a terminal has them open.`);
  return EXIT.failure;
}

async function pruneGateway(ids: readonly string[], sessions: KeptSessions): Promise<string[]> {
  await using lock = await lockGateway(sessions);
  if (lock.kind === "gateway") return [];
  await withStore("mattermost", sessions, (store) => store.remove(ids));
  return [...ids];
}

async function pruneTerminal(ids: readonly string[], sessions: KeptSessions): Promise<string[]> {
  await using locks = new AsyncDisposableStack();
  return await withStore("cli", sessions, async (store) => {
    const known = new Map((await store.known()).map(({ id, key }) => [id, key]));
    const free: string[] = [];
    for (const id of ids) {
      const key = known.get(id);
      if (key === undefined) free.push(id);
      else {
        try {
          locks.defer(await lockSession({ key, title: id }, sessions.paths));
          free.push(id);
        } catch (error) {
          if (!(error instanceof SessionBusyError)) throw error;
        }
      }
    }
    await store.remove(free);
    return free;
  });
}

type Lock = AsyncDisposable & {
  /** `gateway`: one runs, and has its folder to itself. */
  readonly kind: "locked" | "gateway";
};

/** @throws SessionBusyError while a terminal has it open. */
async function lockKept(
  { history: { summary }, name, source }: KeptSession,
  sessions: KeptSessions,
): Promise<Lock> {
  if (source === "mattermost") return await lockGateway(sessions);
  const release = await lockSession({ key: summary.key, title: name }, sessions.paths);
  return { kind: "locked", [Symbol.asyncDispose]: release };
}

/** So that no gateway begins meanwhile. */
async function lockGateway({ paths }: KeptSessions): Promise<Lock> {
  const lock = await acquireLock(paths.gatewayLockFile, { description: "hermes sessions" });
  return lock.kind === "held"
    ? { kind: "gateway", [Symbol.asyncDispose]: () => Promise.resolve() }
    : { kind: "locked", [Symbol.asyncDispose]: lock.release };
}

async function withStore<T>(
  source: Source,
  sessions: KeptSessions,
  work: (store: SessionStore) => Promise<T>,
): Promise<T> {
  const store = openJsonSessionStore({
    folder: sessions.folderOf(source),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function refuse(what: string, io: CliIo): number {
  io.err(`Cannot ${what}: the gateway runs and may have it open.`);
  io.err("  Stop it with hermes gateway stop first, or use its commands in the chat.");
  return EXIT.failure;
}

function nameOf({ id, name }: KeptSession): string {
  return `${id} (${printableText(name)})`;
}
