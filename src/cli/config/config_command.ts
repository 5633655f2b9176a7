import { configSchema } from "../../config/config_schema.ts";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";

/** `hermes config path [--env]` */
export function printPath(isEnv: boolean, io: CliIo): number {
  const paths = homePaths(resolveHome(io.environment));
  io.out(isEnv ? paths.envFile : paths.configFile);
  return EXIT.ok;
}

/** `hermes config schema` */
export function printSchema(io: CliIo): number {
  io.out(JSON.stringify(configSchema(), undefined, 2));
  return EXIT.ok;
}
