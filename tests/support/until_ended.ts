import { isRunning } from "../../src/runtime/process_id.ts";

/** Resolves when the process has ended; a signal takes a moment to arrive. */
export async function untilEnded(pid: number): Promise<void> {
  while (await isRunning({ pid })) await new Promise((resolve) => setTimeout(resolve, 5));
}
