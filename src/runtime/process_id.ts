import { readFile } from "node:fs/promises";
import process from "node:process";
import { systemCodeOf } from "./file_error.ts";
import { runProgram } from "./run_program.ts";

/** One process: it is told from a later one to which the system gave the same pid. */
export interface ProcessId {
  readonly pid: number;
  /** Where and when it started; absent where the system does not say. */
  readonly process?: string;
}

export async function ownProcessId(): Promise<ProcessId> {
  const start = await readStart(process.pid);
  return start.kind === "known" ? { pid: process.pid, process: start.mark } : { pid: process.pid };
}

/** Whether this very process runs; one that has ended and that nobody waited for does not. */
export async function isRunning(id: ProcessId): Promise<boolean> {
  try {
    process.kill(id.pid, 0);
  } catch (error) {
    if (systemCodeOf(error) !== "EPERM") return false; // EPERM: it lives, and belongs to another user.
  }
  const start = await readStart(id.pid);
  if (start.kind === "ended") return false;
  return start.kind === "unknown" || id.process === undefined || start.mark === id.process;
}

type Start =
  | { readonly kind: "known"; readonly mark: string }
  | { readonly kind: "ended" }
  /** The system does not tell. */
  | { readonly kind: "unknown" };

async function readStart(pid: number): Promise<Start> {
  return process.platform === "linux" ? await readProc(pid) : await askPs(pid);
}

/** The boot and the time since it; neither of them moves with the clock. */
async function readProc(pid: number): Promise<Start> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold anything; the start time is the 20th field after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return { kind: "ended" };
    return { kind: "known", mark: `${boot.trim()}/${fields[19]}` };
  } catch {
    return { kind: "unknown" }; // Hidden from us, or it has just ended: the next look will see that.
  }
}

const PS_LIMITS = { timeMsMax: 5_000, outputBytesMax: 1_000 };

/** The second in which it started: for systems without `/proc`. */
async function askPs(pid: number): Promise<Start> {
  const { stdout } = await runProgram(
    {
      argv: ["ps", "-o", "stat=", "-o", "lstart=", "-p", String(pid)],
      cwd: "/",
      env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
    },
    PS_LIMITS,
    new AbortController().signal,
  );
  const [state = "", ...started] = stdout.trim().split(/\s+/);
  if (state === "") return { kind: "unknown" }; // No ps here, or the process has just ended.
  return state.startsWith("Z") ? { kind: "ended" } : { kind: "known", mark: started.join(" ") };
}
