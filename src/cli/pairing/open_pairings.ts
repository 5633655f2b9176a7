import { homePaths, resolveHome } from "../../config/paths.ts";
import { PairingStore } from "../../gateway/pairing/pairing_store.ts";
import { systemClock } from "../../runtime/clock.ts";
import { systemRandom } from "../../runtime/random.ts";
import type { CliIo } from "../io.ts";

/** The pairings of the home. Settings with mistakes are in nobody's way here. */
export function openPairings({ environment }: CliIo): PairingStore {
  const { pairingFolder: folder } = homePaths(resolveHome(environment));
  return new PairingStore({ folder, clock: systemClock, random: systemRandom });
}
