import { readdir, readFile } from "node:fs/promises";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 25;

/** Asks all processes of a group to end, and ends those by force that have not within `graceMs`. */
export async function endProcessGroup(groupId: number, graceMs: number): Promise<void> {
  if (!signalGroup(groupId, "SIGTERM")) return;
  for (let waitedMs = 0; waitedMs < graceMs; waitedMs += POLL_MS) {
    await delay(POLL_MS);
    if (!signalGroup(groupId, 0) || await hasEnded(groupId)) return;
  }
  signalGroup(groupId, "SIGKILL");
}

/** False when the group has no process any more, or none that is ours. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch {
    return false; // ESRCH: it is gone. EPERM: the number belongs to somebody else by now.
  }
}

/**
 * Whether all that is left of a group are processes that have ended and that nobody waited for: in a
 * container without an init they stay for ever. False where the system does not tell.
 */
async function hasEnded(groupId: number): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name));
  const states = await Promise.all(pids.map((pid) => stateIn(groupId, pid)));
  return pids.length > 0 && !states.includes("running");
}

async function stateIn(groupId: number, pid: string): Promise<"running" | "ended" | "elsewhere"> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name, in parentheses, may hold anything; state, parent and group come after it.
  const [state = "", _parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (Number(group) !== groupId) return "elsewhere";
  return state === "Z" || state === "X" ? "ended" : "running";
}
