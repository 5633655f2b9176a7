import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusyMode } from "../../../src/gateway/busy/decide_busy.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { GatewayLab } from "../gateway_lab.ts";
import { ScheduleLab, type ScheduleSettings } from "./schedule_lab.ts";

/** They take ten seconds; one runtime is enough for all of them. */
const SCHEDULES = "Bun" in globalThis ? 500 : 50;
const MODES: readonly BusyMode[] = ["interrupt", "queue", "steer"];

function settingsOf(seed: number): ScheduleSettings {
  const { float } = seededRandom(seed);
  return {
    mode: MODES[seed % 3] ?? "interrupt",
    modeForOthers: MODES[Math.floor(float() * 3)] ?? "queue",
    isShared: float() < 0.7,
    streaming: float() < 0.7,
    actions: 4 + Math.floor(float() * 9),
    restarts: float() < 0.25,
  };
}

test(`[P198] in ${SCHEDULES} schedules of two people and a slow model each message has one outcome, in order`, async () => {
  const chosen = process.env["SEED"];
  const first = Number(chosen ?? (Date.now() & 0x3fffffff));
  const count = chosen === undefined ? SCHEDULES : 1;
  console.log(`seeds ${first} to ${first + count - 1}`);
  for (let seed = first; seed < first + count; seed++) {
    const settings = settingsOf(seed);
    await using lab = await GatewayLab.start({ inMemory: true });
    try {
      await new ScheduleLab(lab, settings, seed).run();
    } catch (error) {
      const logged = lab.lab.logs.map(({ event, fields }) => `${event} ${JSON.stringify(fields)}`);
      console.log(logged.join("\n"));
      assert.fail(`seed ${seed}, ${JSON.stringify(settings)}: ${String(error)}`);
    }
  }
});
