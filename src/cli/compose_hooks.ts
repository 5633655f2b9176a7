import { HookBook } from "../gateway/hooks/hook_book.ts";
import type { HookTask } from "../gateway/hooks/hook_door.ts";
import { serveHooks } from "../gateway/hooks/serve_hooks.ts";
import type { AgentParts } from "./compose_agent.ts";
import { composeJobDesk } from "./compose_job_desk.ts";
import type { OutboxParts } from "./compose_outbox.ts";

/** Lets other programs post and give tasks, as long as there are hooks. */
export function openHooks(agent: AgentParts, { courier }: OutboxParts): AsyncDisposable {
  const { config, paths } = agent;
  const closing = new AbortController();
  const deps = { ...agent, ...config.gateway.hooksListen, courier };
  const book = new HookBook(paths.hooksFile);
  const serving = serveHooks({ ...deps, book, work: workerOf(agent) }, closing.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await serving;
    },
  };
}

/** A task is a job for this moment: kept over a crash, alone, and with nobody's permissions. */
function workerOf(agent: AgentParts): (task: HookTask) => Promise<void> {
  const { clock, timeZone } = agent;
  const customer = { timeZone, origin: undefined, mayUse: () => true };
  return async ({ name, prompt, target: deliver, toolsets }) => {
    const schedule = new Date(clock.nowMs()).toISOString();
    const order = { name: `hook ${name}`, schedule, prompt, deliver, toolsets };
    await composeJobDesk(agent).create(order, customer);
  };
}
