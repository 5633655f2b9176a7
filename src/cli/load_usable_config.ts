import { type Config, loadConfig } from "../config/load_config.ts";
import { type HomePaths, homePaths, resolveHome } from "../config/paths.ts";
import type { CliIo } from "./io.ts";
import { sentence } from "./render_error.ts";

/**
 * The settings of the home, for subcommands that can do nothing without them; `undefined` when there
 * are problems, which have then been told. What the files say of `ignored` keys does not count.
 */
export async function loadUsableConfig(
  io: CliIo,
  flags: Readonly<Record<string, string | undefined>> = {},
  ignored: ReadonlySet<string> = new Set(),
): Promise<{ readonly config: Config; readonly paths: HomePaths } | undefined> {
  const home = resolveHome(io.environment);
  const { config, problems } = await loadConfig({
    home,
    environment: io.environment,
    flags,
    ignored,
  });
  if (config !== undefined) return { config, paths: homePaths(home) };
  for (const problem of problems) io.err(sentence(problem.message));
  return undefined;
}
