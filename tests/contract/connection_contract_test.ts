import { test } from "node:test";
import { CONNECTION_PLAYS } from "./connection_plays.ts";
import { startRecordedSandbox } from "./recorded_sandbox.ts";
import { loadSocket } from "./recordings.ts";
import { RESUME_PLAYS } from "./resume_plays.ts";
import { UPGRADE_PLAYS } from "./upgrade_plays.ts";

const plays = { ...CONNECTION_PLAYS, ...RESUME_PLAYS, ...UPGRADE_PLAYS };

for (const [name, play] of Object.entries(plays)) {
  test(`[P30] the sandbox behaves as in ${name}: ${loadSocket(name).about}`, async () => {
    await using started = await startRecordedSandbox();
    const { sandbox, clock } = started;
    await play({ sandbox, clock, name });
  });
}
