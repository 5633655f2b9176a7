import { join } from "node:path";
import { launchdManager } from "./launchd.ts";
import type { ServiceManager } from "./service_manager.ts";
import type { ServiceWorld } from "./service_world.ts";
import { systemdManager } from "./systemd.ts";

/** The managers that this kind of system may have, the person's own first. */
export function knownManagers(world: ServiceWorld): readonly ServiceManager[] {
  const { environment, platform, systemUnitsFolder, userHome, userId } = world;
  const usualHome = join(userHome, ".hermes");
  if (platform === "darwin") {
    const folder = join(userHome, "Library", "LaunchAgents");
    return [launchdManager({ folder, usualHome, userId })];
  }
  if (platform !== "linux") return [];
  const configFolder = environment.XDG_CONFIG_HOME || join(userHome, ".config");
  const folder = join(configFolder, "systemd", "user");
  return [
    systemdManager({ scope: "user", folder, usualHome }),
    systemdManager({ scope: "system", folder: systemUnitsFolder, usualHome }),
  ];
}
