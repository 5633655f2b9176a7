import { ServiceCallError } from "./service_errors.ts";
import type { Argv, ServiceManager, ServicePlace, ServiceState } from "./service_manager.ts";
import type { ServiceWorld } from "./service_world.ts";

/** Calls one program after the other. @throws ServiceCallError at the first that fails */
export async function callManager(
  world: ServiceWorld,
  manager: ServiceManager,
  calls: readonly Argv[],
): Promise<void> {
  for (const argv of calls) {
    const answer = await world.call(argv);
    if (answer.code !== 0) throw new ServiceCallError(manager, argv, answer);
  }
}

export async function askState(
  world: ServiceWorld,
  manager: ServiceManager,
  place: ServicePlace,
): Promise<ServiceState> {
  return manager.readState(await world.call(manager.askState(place)));
}
