import { mkdir } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import { STOP_MARGIN_MS } from "../gateway/end_gateway.ts";
import { askState, callManager } from "./call_manager.ts";
import { knownManagers } from "./known_managers.ts";
import { keepAfterLogout } from "./linger.ts";
import { homeOfUser, type ServiceContext } from "./service_context.ts";
import { ServiceError } from "./service_errors.ts";
import type { ServiceManager, ServicePlace, ServiceScope, ServiceSpec } from "./service_manager.ts";
import { readServiceMark } from "./service_mark.ts";

export interface InstallOptions {
  /** Who runs the service of the machine; without it the person who uses sudo. */
  readonly runAs: string | undefined;
  /** Whether to replace a file that somebody else wrote or changed. */
  readonly force: boolean;
  /** How long answers may be finished after the first SIGTERM. */
  readonly drainMs: number;
}

/** What there is to write, and where. */
export interface PlannedService {
  readonly manager: ServiceManager;
  readonly place: ServicePlace;
  readonly text: string;
}

/** Says what a service would look like, and touches nothing. @throws ServiceError */
export async function planService(
  context: ServiceContext,
  { runAs, drainMs }: InstallOptions,
): Promise<PlannedService> {
  const { binary, home, scopes, world } = context;
  const [scope] = scopes;
  const manager = knownManagers(world).find((known) => known.scope === scope);
  if (manager === undefined) throw noManager(context);
  if (binary === undefined) {
    const hint = "Build the program with deno task build, and run that.";
    throw new ServiceError("Cannot make a service of a program that runs from source", hint);
  }
  const spec: ServiceSpec = {
    binary,
    home,
    searchPath: searchPathOf(world.environment.PATH ?? "", binary),
    stopSecondsMax: Math.ceil((drainMs + 2 * STOP_MARGIN_MS) / 1_000),
    runAs: scope === "system" ? await personOf(context, runAs) : undefined,
  };
  const refusal = manager.refusal(spec);
  if (refusal !== undefined) {
    const hint = "Put the program, or HERMES_HOME, into a folder with a plain name.";
    throw new ServiceError(`Cannot make a service of ${binary}: ${refusal}`, hint);
  }
  const place = manager.place(home);
  return { manager, place, text: manager.file(place, spec) };
}

/**
 * Writes the file if it has to, and has the service start by itself from now on. Says what it
 * changed. @throws ServiceError, ServiceCallError, FileError
 */
export async function installService(
  context: ServiceContext,
  planned: PlannedService,
  options: InstallOptions,
): Promise<{ readonly isChanged: boolean }> {
  const { io, paths, world } = context;
  const { manager, place } = planned;
  if (!manager.isAtWork(await world.call(manager.askAtWork))) throw noManager(context);
  if (manager.scope === "system" && world.userId !== 0) {
    throw new ServiceError("Cannot install a service of the machine: that takes root", "Use sudo.");
  }
  const isChanged = await writeServiceFile(context, planned, options);
  await mkdir(paths.logsFolder, { recursive: true, mode: 0o700 }); // What launchd opens first.
  if (isChanged || !(await askState(world, manager, place)).isEnabled) {
    await callManager(world, manager, manager.enable(place));
    io.out(`The service ${place.name} starts by itself from now on.`);
  }
  if (manager.title === "systemd" && manager.scope === "user") await keepAfterLogout(context);
  return { isChanged };
}

async function writeServiceFile(
  { home, io }: ServiceContext,
  { place: { path }, text }: PlannedService,
  { force }: InstallOptions,
): Promise<boolean> {
  const before = await readTextFile(path);
  if (before === text) {
    io.out(`${path} is up to date.`);
    return false;
  }
  const mark = readServiceMark(before ?? "");
  if (mark.kind === "ours" && mark.home !== home) {
    const hint = "Give this home another folder with HERMES_HOME.";
    throw new ServiceError(`Cannot write ${path}: it is the service of ${mark.home}`, hint);
  }
  const isTheirs = before !== undefined && (mark.kind === "foreign" || mark.isEdited);
  if (isTheirs && !force) {
    const what = mark.kind === "foreign" ? "Hermes did not write it" : "somebody has changed it";
    throw new ServiceError(`Cannot replace ${path}: ${what}`, "Replace it all the same: --force");
  }
  await mkdir(join(path, ".."), { recursive: true });
  await writeFileAtomic(path, text, { mode: 0o644 });
  io.out(before === undefined ? `Wrote ${path}.` : `Updated ${path}.`);
  return true;
}

/** Root's own service is none that somebody gets by oversight. */
async function personOf({ world }: ServiceContext, runAs: string | undefined): Promise<string> {
  const { SUDO_USER: caller, USER: self } = world.environment;
  const person = runAs || caller || (world.userId === 0 ? "" : self);
  if (!person) {
    const hint = "Name the person: --run-as NAME";
    throw new ServiceError("Cannot tell who shall run the service of the machine", hint);
  }
  await homeOfUser(world, person);
  return person;
}

/** Where every system has programs, whatever the shell says that calls us. */
const USUAL_FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin"];

function searchPathOf(path: string, binary: string): string {
  const folders = [
    ...path.split(delimiter).filter(isAbsolute),
    join(binary, ".."),
    ...USUAL_FOLDERS,
  ];
  return [...new Set(folders)].join(delimiter);
}

function noManager({ world, scopes: [scope] }: ServiceContext): ServiceError {
  const [problem, hint] = whyNoManager(world.platform, scope);
  return new ServiceError(`Cannot install a service: ${problem}`, hint);
}

function whyNoManager(
  platform: NodeJS.Platform,
  scope: ServiceScope | undefined,
): readonly [problem: string, hint: string] {
  const instead = "Start the gateway in the background instead: hermes gateway start";
  if (platform === "darwin") {
    return scope === "system"
      ? ["on macOS it can only be your own", "Leave out --system."]
      : ["launchd has no desktop session of yours", instead];
  }
  if (platform !== "linux") return ["there is no systemd and no launchd", instead];
  return [`systemd does not run ${scope === "user" ? "for this user" : "here"}`, instead];
}
