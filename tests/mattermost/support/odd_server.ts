import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { MattermostApi } from "../../../src/mattermost/api.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { network, serverUrl } from "./lab.ts";
import { WatchedClock } from "./watched_clock.ts";

/** A server that is no Mattermost, or not quite, and a client that takes it for one. */
export async function startOddServer(
  answer: RequestListener,
): Promise<{ api: MattermostApi; clock: WatchedClock } & AsyncDisposable> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const clock = new WatchedClock();
  const api = new MattermostApi({
    serverUrl: serverUrl(`http://127.0.0.1:${port}`),
    token: new Secret("canary-token"),
    fetch: network.fetch,
    clock,
    random: seededRandom(1),
    log: silentLog,
  });
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { api, clock, [Symbol.asyncDispose]: close };
}
