import process from "node:process";
import { loadConfig } from "../../config/load_config.ts";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readLockHolder } from "../../runtime/lock_file.ts";
import { ownPlatform } from "../../runtime/own_platform.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { composeReleaseNetwork } from "../compose.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { VERSION } from "../version.ts";
import { compareVersions } from "./compare_versions.ts";
import { findRelease, installRelease, type ReleaseDeps, rollBack } from "./install_release.ts";
import { ownInstallation } from "./own_installation.ts";
import { showProgress } from "./progress.ts";
import { notesUrl } from "./release_files.ts";
import { releasesUrl } from "./releases_url.ts";
import type { ProgramPaths } from "./replace_program.ts";

export interface UpdateOptions {
  /** Only say whether there is a newer version. */
  readonly check: boolean;
  /** `undefined` is the newest one, if that is newer. */
  readonly version: string | undefined;
  readonly rollback: boolean;
  readonly json: boolean;
}

/** What came of it; the version is the one that was found, or is in use from now on. */
interface Outcome {
  readonly kind: "up_to_date" | "found" | "updated" | "rolled_back";
  readonly version: string;
}

/** `hermes update`: puts another version in the place of this one. Gives the exit code. */
export async function runUpdateCommand(options: UpdateOptions, io: CliIo): Promise<number> {
  const signals = listenForStopSignals();
  try {
    const paths = await ownInstallation();
    const outcome = options.rollback
      ? { kind: "rolled_back", version: await rollBack(paths, signals.stop) } as const
      : await update(paths, options, io, signals.stop);
    await tell(outcome, paths, options, io);
    return outcome.kind === "found" ? EXIT.updateExists : EXIT.ok;
  } catch (error) {
    if (!signals.stop.aborted) throw error;
    io.err("Nothing was changed.");
    return EXIT.cancelled;
  } finally {
    signals.dispose();
  }
}

async function update(
  paths: ProgramPaths,
  { check, version: wanted }: UpdateOptions,
  io: CliIo,
  signal: AbortSignal,
): Promise<Outcome> {
  const deps = await composeReleases(io);
  const archive = await findRelease(wanted, deps, signal);
  const { version } = archive;
  const isUpToDate = wanted === undefined
    ? compareVersions(version, VERSION) <= 0
    : version === VERSION;
  if (isUpToDate) return { kind: "up_to_date", version };
  if (check) return { kind: "found", version };
  const progress = showProgress(`Downloading hermes ${version}`, {
    isTty: io.errTerminal.isTty,
    write: (text) => process.stderr.write(text),
    nowMs: systemClock.nowMs,
  });
  try {
    await installRelease(archive, paths, { ...deps, onProgress: progress.show }, signal);
  } finally {
    progress.end();
  }
  return { kind: "updated", version };
}

async function composeReleases({ environment }: CliIo): Promise<ReleaseDeps> {
  const { config } = await loadConfig({ home: resolveHome(environment), environment, flags: {} });
  return {
    releases: releasesUrl(environment),
    platform: await ownPlatform(),
    fetch: composeReleaseNetwork(config, environment).fetch,
    clock: systemClock,
  };
}

async function tell(
  { kind, version }: Outcome,
  { program, previous }: ProgramPaths,
  { json }: UpdateOptions,
  io: CliIo,
): Promise<void> {
  const isChanged = kind === "updated" || kind === "rolled_back";
  const needsRestart = isChanged && await runsGateway(io);
  if (json) {
    const report = { result: kind, current: VERSION, version, program, previous };
    return io.out(JSON.stringify({ ...report, gatewayNeedsRestart: needsRestart }, undefined, 2));
  }
  switch (kind) {
    case "up_to_date":
      return io.out(`hermes ${VERSION} is up to date.`);
    case "found":
      io.out(`There is hermes ${version}; this is ${VERSION}. To get it: hermes update`);
      return io.out(`What is new: ${notesUrl(releasesUrl(io.environment), version)}`);
    case "updated":
      io.out(`hermes is version ${version} now: ${program}`);
      io.out("What was there before is kept; to go back: hermes update --rollback");
      break;
    case "rolled_back":
      io.out(`hermes is version ${version} again: ${program}`);
      io.out(`What was there before is ${previous} now.`);
      break;
    default:
      return kind satisfies never;
  }
  if (needsRestart) {
    io.out("The gateway runs the old version until you restart it: hermes gateway restart");
  }
}

async function runsGateway({ environment }: CliIo): Promise<boolean> {
  const { gatewayLockFile } = homePaths(resolveHome(environment));
  return await readLockHolder(gatewayLockFile) !== undefined;
}
