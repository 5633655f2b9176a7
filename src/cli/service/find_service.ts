import { access } from "node:fs/promises";
import { readTextFile } from "../../runtime/atomic_file.ts";
import { askState } from "./call_manager.ts";
import { knownManagers } from "./known_managers.ts";
import type {
  ServiceManager,
  ServicePlace,
  ServiceScope,
  ServiceState,
} from "./service_manager.ts";
import { type ReadMark, readServiceMark } from "./service_mark.ts";
import type { ServiceWorld } from "./service_world.ts";

/** A service that is installed, as it was found. */
export interface FoundService {
  readonly manager: ServiceManager;
  readonly place: ServicePlace;
  readonly mark: ReadMark;
  readonly state: ServiceState;
  /** What is wrong with the file; `undefined` when nothing is. */
  readonly fault: ServiceFault | undefined;
}

export type ServiceFault =
  /** Hermes did not write the file. */
  | "foreign"
  /** It is the service of another home. */
  | "other_home"
  /** The program that it runs is gone. */
  | "binary_missing"
  /** It runs another program than the one that asks. */
  | "other_binary"
  /** Somebody has changed the file by hand. */
  | "edited";

export interface ServiceQuestion {
  readonly home: string;
  readonly binary: string | undefined;
  readonly scopes?: readonly ServiceScope[];
}

/**
 * The service of a home, the person's own before that of the machine; `undefined` when none is
 * installed. `binary` is the program that it should run; without it, any that exists will do.
 * @throws FileError
 */
export async function findService(
  world: ServiceWorld,
  { home, binary, scopes = ["user", "system"] }: ServiceQuestion,
): Promise<FoundService | undefined> {
  for (const manager of knownManagers(world)) {
    if (!scopes.includes(manager.scope)) continue;
    const place = manager.place(home);
    const text = await readTextFile(place.path);
    if (text === undefined) continue;
    const mark = readServiceMark(text);
    // The machine has one folder for all: there the file may be somebody else's, and none of ours.
    if (manager.scope === "system" && !isOf(mark, home)) continue;
    const state = await askState(world, manager, place);
    return { manager, place, mark, state, fault: await findFault(mark, home, binary) };
  }
  return undefined;
}

function isOf(mark: ReadMark, home: string): boolean {
  return mark.kind === "ours" && mark.home === home;
}

async function findFault(
  mark: ReadMark,
  home: string,
  binary: string | undefined,
): Promise<ServiceFault | undefined> {
  if (mark.kind === "foreign") return "foreign";
  if (mark.home !== home) return "other_home";
  const isThere = await access(mark.binary).then(() => true, () => false);
  if (!isThere) return "binary_missing";
  if (binary !== undefined && mark.binary !== binary) return "other_binary";
  return mark.isEdited ? "edited" : undefined;
}

/** One sentence for a person, and what to do. */
export function describeFault(
  fault: ServiceFault,
  { mark, place }: FoundService,
): { readonly message: string; readonly remedy: string } {
  const { binary, home } = mark.kind === "ours" ? mark : { binary: "", home: "" };
  switch (fault) {
    case "foreign":
      return {
        message: `${place.path} was not written by Hermes`,
        remedy: "Move the file away, or replace it: hermes gateway install --force",
      };
    case "other_home":
      return {
        message: `${place.path} is the service of another home, ${home}`,
        remedy: "Give this home another folder with HERMES_HOME.",
      };
    case "binary_missing":
      return {
        message: `The service ${place.name} runs ${binary}, which is gone`,
        remedy: "Run: hermes gateway install",
      };
    case "other_binary":
      return {
        message: `The service ${place.name} runs ${binary}, which is another program than this one`,
        remedy: "Run: hermes gateway install",
      };
    case "edited":
      return {
        message: `${place.path} was changed by hand`,
        remedy: "Keep it as it is, or replace it: hermes gateway install --force",
      };
  }
}
