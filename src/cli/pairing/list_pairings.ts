import { systemClock } from "../../runtime/clock.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { openPairings } from "./open_pairings.ts";

/** `hermes pairing list`. */
export async function listPairings(
  options: { readonly json: boolean },
  io: CliIo,
): Promise<number> {
  const store = openPairings(io);
  const [pending, approved] = await Promise.all([store.pending(), store.approved()]);
  if (options.json) {
    const people = [...approved].map(([userId, person]) => ({ userId, ...person }));
    io.out(JSON.stringify({ pending, approved: people }, undefined, 2));
    return EXIT.ok;
  }
  if (pending.length === 0) io.out("Nobody waits.");
  for (const { userId, userName, createdAtMs } of pending) {
    const minutes = Math.floor((systemClock.nowMs() - createdAtMs) / 60_000);
    io.out(`waits: ${userName} (${userId}), since ${minutes} min`);
  }
  for (const [userId, { userName }] of approved) io.out(`let in: ${userName} (${userId})`);
  return EXIT.ok;
}
