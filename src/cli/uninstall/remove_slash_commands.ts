import { loadConfig } from "../../config/load_config.ts";
import { HermesError } from "../../errors.ts";
import { CommandBook } from "../../gateway/callbacks/command_book.ts";
import { removeCommands } from "../../gateway/callbacks/register_commands.ts";
import { parseServerUrl } from "../../mattermost/base_url.ts";
import { CommandApi } from "../../mattermost/command_api.ts";
import { silentLog } from "../../runtime/log.ts";
import { systemRandom } from "../../runtime/random.ts";
import { withinTime } from "../../runtime/within_time.ts";
import { composeMattermostNetwork } from "../compose.ts";
import { plural } from "../plural.ts";
import type { ServiceContext } from "../service/service_context.ts";

/** A server that is away does not keep anybody from removing Hermes. */
const REMOVAL_MS_MAX = 10_000;
const BY_HAND = "Remove them in Mattermost: Integrations, Slash Commands.";

/** Takes back the slash commands that the server has from this home. Returns what there is to say. */
export async function removeSlashCommands(context: ServiceContext): Promise<string | undefined> {
  const { paths } = context;
  const book = await CommandBook.open(paths.stateFolder, silentLog);
  const count = book.made.length;
  if (count === 0) return undefined;
  const left = await removeWith(book, context);
  return left === 0
    ? `Removed ${plural(count, "slash command")} from the server.`
    : `Cannot remove ${plural(left, "slash command")} from the server. ${BY_HAND}`;
}

/** How many are left. */
async function removeWith(
  book: CommandBook,
  { clock, home, io, signal }: ServiceContext,
): Promise<number> {
  const { config } = await loadConfig({ home, environment: io.environment, flags: {} });
  const { url, token } = config?.mattermost ?? {};
  if (config === undefined || url === undefined || token === undefined) return book.made.length;
  const serverUrl = parseServerUrl(url);
  if ("problem" in serverUrl) return book.made.length;
  const { fetch } = composeMattermostNetwork(config);
  const deps = { serverUrl, token, fetch, clock, random: systemRandom, log: silentLog };
  const api = new CommandApi(deps);
  const remove = (own: AbortSignal) => removeCommands({ api, book }, own);
  try {
    await withinTime(remove, { msMax: REMOVAL_MS_MAX, clock }, signal);
  } catch (error) {
    if (!(error instanceof HermesError)) throw error;
  }
  return book.made.length;
}
