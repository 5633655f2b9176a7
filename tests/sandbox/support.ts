import { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox_server.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** A sandbox with time that stands still and repeatable ids. */
export async function startSandbox(
  options: Partial<SandboxOptions> = {},
): Promise<{ sandbox: SandboxServer; clock: FakeClock } & AsyncDisposable> {
  const clock = new FakeClock();
  const sandbox = await SandboxServer.start({ clock, random: seededRandom(1), ...options });
  return { sandbox, clock, [Symbol.asyncDispose]: () => sandbox.close() };
}
