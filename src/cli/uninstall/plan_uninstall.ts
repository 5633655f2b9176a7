import { access, constants, lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { HermesError } from "../../errors.ts";
import { CommandBook } from "../../gateway/callbacks/command_book.ts";
import { silentLog } from "../../runtime/log.ts";
import { type LockHolder, readLockHolder } from "../../runtime/lock_file.ts";
import { findService, type FoundService } from "../service/find_service.ts";
import type { ServiceContext } from "../service/service_context.ts";
import { ownInstallation } from "../update/own_installation.ts";
import { type HomeJudgement, judgeHome } from "./judge_home.ts";

/** All that there is of Hermes here. */
export interface UninstallPlan {
  readonly services: readonly FoundService[];
  /** The gateway that runs. */
  readonly holder: LockHolder | undefined;
  /** The program, the version before, and the link by which it was called. */
  readonly programs: readonly string[];
  readonly home: HomeJudgement;
  /** How many slash commands of ours the Mattermost server has. */
  readonly slashCommands: number;
}

/** Something stands in the way; nothing has been removed. */
export class UninstallError extends HermesError {
  override readonly name = "UninstallError";
  override readonly code = "uninstall.refused";

  constructor(message: string, hint: string) {
    super(message, { hint });
  }
}

/** Finds out what to remove, and that it can be removed. @throws UninstallError, FileError */
export async function planUninstall(context: ServiceContext): Promise<UninstallPlan> {
  const services = await findServices(context);
  if (context.world.userId !== 0 && services.some(({ manager }) => manager.scope === "system")) {
    throw new UninstallError(
      "Cannot remove the service of the machine: that takes root",
      "Remove it first: sudo hermes gateway uninstall --system",
    );
  }
  const programs = await findPrograms(context.binary);
  for (const path of programs) {
    const isWritable = await access(dirname(path), constants.W_OK).then(() => true, () => false);
    if (isWritable) continue;
    throw new UninstallError(
      `Cannot remove ${path}: you may not write to its folder`,
      "Run this as the person who installed hermes, or with sudo.",
    );
  }
  const book = await CommandBook.open(context.paths.stateFolder, silentLog);
  return {
    services,
    holder: await readLockHolder(context.paths.gatewayLockFile),
    programs,
    home: await judgeHome(context.home, context.world.userHome),
    slashCommands: book.made.length,
  };
}

/** Those that Hermes wrote for this home. */
async function findServices(context: ServiceContext): Promise<readonly FoundService[]> {
  const services: FoundService[] = [];
  for (const scope of context.scopes) {
    const { home, world } = context;
    const found = await findService(world, { home, binary: undefined, scopes: [scope] });
    if (found?.mark.kind === "ours" && found.mark.home === home) services.push(found);
  }
  return services;
}

/** None for a program that runs from its source. */
async function findPrograms(binary: string | undefined): Promise<readonly string[]> {
  if (binary === undefined) return [];
  const { program, previous } = await ownInstallation(binary);
  const paths = [program, previous];
  if ((await lstat(binary)).isSymbolicLink()) paths.push(binary);
  const found = await Promise.all(paths.map((path) => lstat(path).then(() => path, () => [])));
  return found.flat();
}
