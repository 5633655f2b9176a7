import { join } from "node:path";
import { type HomePaths, homePaths, resolveHome } from "../../config/paths.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import { ownProgram } from "../../runtime/own_program.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { ServiceError } from "./service_errors.ts";
import type { ServiceScope } from "./service_manager.ts";
import { type ServiceWorld, systemWorld } from "./service_world.ts";

/** What the subcommands work with that start, stop and install the gateway of one home. */
export interface ServiceContext {
  readonly io: CliIo;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly world: ServiceWorld;
  /** Which services to look at; the person's own come first. */
  readonly scopes: readonly ServiceScope[];
  readonly home: string;
  readonly paths: HomePaths;
  /** This program; `undefined` when a runtime runs us from source. */
  readonly binary: string | undefined;
}

/** Runs a subcommand that Ctrl-C ends, and gives its exit code. */
export async function runInContext(
  options: { readonly system: boolean; readonly runAs: string | undefined },
  io: CliIo,
  work: (context: ServiceContext) => Promise<number>,
): Promise<number> {
  const signals = listenForStopSignals();
  try {
    return await work(await openServiceContext(options, io, signals.stop));
  } catch (error) {
    if (signals.stop.aborted && error === signals.stop.reason) return EXIT.failure;
    throw error;
  } finally {
    signals.dispose();
  }
}

/**
 * With `system` the home is that of the person who runs the service, or who uses sudo, and not that
 * of root. @throws ServiceError
 */
export async function openServiceContext(
  { system, runAs }: { readonly system: boolean; readonly runAs?: string | undefined },
  io: CliIo,
  signal: AbortSignal,
): Promise<ServiceContext> {
  const own = systemWorld(io.environment, signal);
  const world = system ? await asPerson(own, runAs ?? own.environment.SUDO_USER) : own;
  const isOwn = world.userHome === own.userHome;
  const home = isOwn || io.environment.HERMES_HOME
    ? resolveHome(io.environment)
    : join(world.userHome, ".hermes");
  return {
    io,
    clock: systemClock,
    signal,
    world,
    scopes: system ? ["system"] : ["user", "system"],
    home,
    paths: homePaths(home),
    binary: ownProgram(),
  };
}

async function asPerson(world: ServiceWorld, name: string | undefined): Promise<ServiceWorld> {
  if (world.userId !== 0 || !name) return world;
  return { ...world, userHome: await homeOfUser(world, name) };
}

/** The folder of a person, by their name. @throws ServiceError */
export async function homeOfUser(world: ServiceWorld, name: string): Promise<string> {
  const { stdout } = await world.call(["getent", "passwd", "--", name]);
  // name:password:uid:gid:comment:home:shell
  const home = stdout.trim().split(":")[5];
  if (home?.startsWith("/")) return home;
  throw new ServiceError(`Cannot find the user "${name}"`, "Check the name after --run-as.");
}
