import { rm } from "node:fs/promises";
import { FileError } from "../../runtime/file_error.ts";
import { EXIT } from "../exit_codes.ts";
import { callManager } from "./call_manager.ts";
import { findService } from "./find_service.ts";
import type { ServiceContext } from "./service_context.ts";
import { ServiceError } from "./service_errors.ts";

/** `hermes gateway uninstall`: there is no service any more. */
export async function uninstallCommand(
  context: ServiceContext,
  options: { readonly force: boolean },
): Promise<number> {
  await uninstallService(context, options);
  return EXIT.ok;
}

/**
 * Stops the service and removes it; what it answered and learned stays. Says what it did.
 * @throws ServiceError, ServiceCallError, FileError
 */
export async function uninstallService(
  context: ServiceContext,
  { force }: { readonly force: boolean },
): Promise<"uninstalled" | "not_installed"> {
  const { io, world } = context;
  const found = await findService(world, { ...context, binary: undefined });
  if (found === undefined) {
    io.out(`No service is installed for ${context.home}.`);
    return "not_installed";
  }
  const { fault, manager, place, state } = found;
  const isTheirs = fault === "foreign" || fault === "other_home";
  if (isTheirs && !(force && fault === "foreign")) {
    throw new ServiceError(
      `Cannot remove ${place.path}: Hermes did not write it for ${context.home}`,
      "Remove the file yourself if nobody needs it.",
    );
  }
  if (state.isActive) {
    await callManager(world, manager, manager.stop(place));
    io.out(`Stopped the service ${place.name}.`);
  }
  const { before, after } = manager.disable(place);
  await callManager(world, manager, before);
  try {
    await rm(place.path);
  } catch (error) {
    throw new FileError("write", place.path, error);
  }
  await callManager(world, manager, after);
  io.out(`Removed ${place.path}.`);
  return "uninstalled";
}
