import { HermesError } from "../../errors.ts";
import { type HttpListener, listenHttp } from "../../runtime/http_listener.ts";
import { HookDoor, type HookDoorDeps } from "./hook_door.ts";

export interface ServeHooksDeps extends HookDoorDeps {
  readonly host: string;
  readonly port: number;
}

/** How often it is looked whether there are hooks. */
const LOOK_INTERVAL_MS = 2_000;

/** Listens for calls of hooks as long as there are any, until `signal` aborts. Does not throw. */
export async function serveHooks(deps: ServeHooksDeps, signal: AbortSignal): Promise<void> {
  const { book, clock, host, log, port } = deps;
  const door = new HookDoor(deps);
  let listener: HttpListener | undefined;
  let problem = "";
  while (!signal.aborted) {
    try {
      const hasHooks = (await book.all()).length > 0;
      if (hasHooks && listener === undefined) {
        listener = await listenHttp({ ...deps, answer: door.answer });
        log("info", "hook.listening", { host, port: listener.port });
      } else if (!hasHooks) {
        await listener?.[Symbol.asyncDispose]();
        listener = undefined;
      }
      problem = "";
    } catch (error) {
      const text = error instanceof HermesError ? error.message : String(error);
      if (text !== problem) log("error", "hook.not_listening", { error: text, port });
      problem = text;
    }
    await clock.sleep(LOOK_INTERVAL_MS, signal);
  }
  await listener?.[Symbol.asyncDispose]();
}
