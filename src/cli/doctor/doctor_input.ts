import type { LoadedConfig } from "../../config/load_config.ts";
import type { HomePaths } from "../../config/paths.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { CliIo } from "../io.ts";

/** What all checks may look at. */
export interface DoctorInput {
  readonly paths: HomePaths;
  readonly loaded: LoadedConfig;
  readonly io: CliIo;
  /** Also try what leaves a trace for a moment or costs something. */
  readonly live: boolean;
  readonly clock: Clock;
  readonly random: Random;
}
