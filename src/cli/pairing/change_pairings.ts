import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { openPairings } from "./open_pairings.ts";

/** As typed: the platform may be left out, since there is but one. */
type Named = readonly [platformOrValue: string, value: string | undefined];

/** `hermes pairing approve`. */
export async function approvePairing(named: Named, io: CliIo): Promise<number> {
  const code = valueOf(named, "code", io);
  if (code === undefined) return EXIT.usage;
  const outcome = await openPairings(io).approve(code);
  switch (outcome.kind) {
    case "approved": {
      const { userName, userId } = outcome.person;
      io.out(`${userName} (${userId}) may talk to Hermes from now on.`);
      return EXIT.ok;
    }
    case "unknown_code":
      io.err(
        `Cannot approve this code: nobody was given it within the last hour. ${
          outcome.triesLeft > 0 ? `Tries left: ${outcome.triesLeft}.` : LOCKED_NOW
        }`,
      );
      return EXIT.failure;
    case "locked": {
      const until = new Date(outcome.untilMs).toTimeString().slice(0, 5);
      io.err(`Cannot approve a code: there were too many wrong ones. Try again after ${until}.`);
      return EXIT.failure;
    }
  }
}

const LOCKED_NOW = "No code is taken for an hour.";

/** `hermes pairing revoke`. */
export async function revokePairing(named: Named, io: CliIo): Promise<number> {
  const user = valueOf(named, "user", io);
  if (user === undefined) return EXIT.usage;
  const person = await openPairings(io).revoke(user);
  if (person === undefined) {
    io.err(`Cannot revoke "${user}": nobody of this name or id was let in by a code.`);
    io.err("hermes pairing list shows who was; others are listed in MATTERMOST_ALLOWED_USERS.");
    return EXIT.failure;
  }
  io.out(`${person.userName} (${person.userId}) is not let in any more.`);
  return EXIT.ok;
}

/** `hermes pairing clear-pending`. */
export async function clearPending(io: CliIo): Promise<number> {
  const count = await openPairings(io).clearPending();
  io.out(count === 1 ? "One code was forgotten." : `${count} codes were forgotten.`);
  return EXIT.ok;
}

function valueOf([first, second]: Named, what: string, io: CliIo): string | undefined {
  if (second === undefined && first !== PLATFORM) return first;
  if (second !== undefined && first === PLATFORM) return second;
  io.err(
    second === undefined
      ? `Name the ${what} behind mattermost.`
      : `"${first}" is no platform: write mattermost, or the ${what} alone.`,
  );
  return undefined;
}

const PLATFORM = "mattermost";
