import { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import type { World } from "../../src/sandbox/world.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { seedEntities } from "./recorded_world.ts";

/** A time after everything that was recorded. */
const RECORDED_UNTIL_MS = 1_795_386_000_000;

/** A sandbox with the people, channels and tokens of the recordings, and what `seed` adds. */
export async function startRecordedSandbox(
  seed: (world: World) => void = () => {},
): Promise<{ sandbox: SandboxServer; clock: FakeClock } & AsyncDisposable> {
  const clock = new FakeClock(RECORDED_UNTIL_MS);
  const sandbox = await SandboxServer.start({
    clock,
    random: seededRandom(1),
    seed: (world) => {
      seedEntities(world);
      seed(world);
    },
  });
  return { sandbox, clock, [Symbol.asyncDispose]: () => sandbox.close() };
}
