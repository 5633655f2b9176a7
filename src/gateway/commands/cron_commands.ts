import type { Job, JobOrigin } from "../../cron/job.ts";
import type { Customer, JobDesk } from "../../cron/job_desk.ts";
import type { TypedOrder } from "../../cron/split_order.ts";
import { formatTarget, resolveTargets } from "../../cron/targets.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { MessageSender } from "../../tools/send_message_tool.ts";
import type { PersonZones } from "../person_zones.ts";
import { replyTarget } from "../post_note.ts";
import type { SessionOptions } from "../session_key.ts";
import type { ChatCommand, CommandCall, CommandResult } from "./chat_command.ts";
import { HOW_TO_CRON, NO_JOBS, noScheduleText } from "./cron_texts.ts";

export interface CronCommandDeps {
  readonly desk: JobDesk;
  readonly zones: Pick<PersonZones, "zoneOf">;
  readonly permit: MessageSender["permit"];
  /** Whether the settings name this person as an admin. */
  readonly isNamedAdmin: (personId: string) => boolean;
  readonly sessionOptions: SessionOptions;
  readonly clock: Clock;
}

/** `!cron`: sees, makes and changes jobs without asking the model. */
export function createCronCommands(deps: CronCommandDeps): readonly ChatCommand[] {
  return [{
    name: "cron",
    aliases: ["jobs"],
    args: "list | add SCHEDULE TEXT | pause | resume | run | remove JOB",
    summary: "See, make and change scheduled work.",
    timing: "beside",
    run: async (call, signal) => {
      const text = await answer(call, deps, signal);
      return { kind: "reply", text } satisfies CommandResult;
    },
  }];
}

async function answer(
  call: CommandCall,
  deps: CronCommandDeps,
  signal: AbortSignal,
): Promise<string> {
  const { clock, desk } = deps;
  const { confirmJob, describeJob } = await import("../../cron/describe_job.ts");
  const [verb = "", ref = ""] = splitFirst(call.args);
  const timeZone = await deps.zones.zoneOf(call.message.senderId, signal);
  const customer = { timeZone, origin: originOf(call, deps), mayUse: mayUse(call, deps) };
  const teller = { nowMs: clock.nowMs(), timeZone };
  switch (verb.toLowerCase()) {
    case "":
    case "list": {
      const { jobs } = await desk.list(customer);
      const listed = jobs.filter(({ state }) => state !== "completed" || ref === "all");
      if (listed.length === 0) return NO_JOBS;
      return listed.map((job) => `- ${describeJob(job, teller)}`).join("\n");
    }
    case "add":
    case "create":
      return await add(ref, customer, call, deps, signal);
    case "pause":
      return `Paused: ${describeJob(await desk.pause(ref, undefined, customer), teller)}`;
    case "resume":
      return `Resumed. ${confirmJob(await desk.resume(ref, customer), teller)}`;
    case "run":
      return `Runs at once: ${describeJob(await desk.run(ref, customer), teller)}`;
    case "remove":
    case "delete": {
      const { id, name } = await desk.remove(ref, customer);
      return `Removed: "${name}" (${id})`;
    }
    default:
      return HOW_TO_CRON;
  }
}

async function add(
  line: string,
  customer: Customer,
  call: CommandCall,
  deps: CronCommandDeps,
  signal: AbortSignal,
): Promise<string> {
  const [{ splitOrder }, { confirmJob }] = await Promise.all([
    import("../../cron/split_order.ts"),
    import("../../cron/describe_job.ts"),
  ]);
  const teller = { nowMs: deps.clock.nowMs(), timeZone: customer.timeZone };
  const order = splitOrder(line, teller);
  if (order === undefined) return noScheduleText(line);
  const refused = await refusal(order, customer.origin, call, deps, signal);
  if (refused !== undefined) return refused;
  return `Scheduled. ${confirmJob(await deps.desk.create(order, customer), teller)}`;
}

/** A person reaches no place by a job that is closed to them. What they typed, they have allowed. */
async function refusal(
  { deliver, prompt }: TypedOrder,
  origin: JobOrigin | undefined,
  { message, sessionKey }: CommandCall,
  { permit }: CronCommandDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (deliver === undefined) return undefined;
  const context = {
    sessionKey,
    person: { id: message.senderId, name: message.senderName },
    hasSeveralPeople: message.channelKind !== "dm",
    askApproval: () => Promise.resolve({ kind: "allowed", scope: "once" } as const),
    askQuestion: () => Promise.resolve({ kind: "nobody_to_ask" } as const),
  };
  for (const target of resolveTargets({ deliver, origin }).targets) {
    const isHere = target.kind === "channel" && target.channel === message.channelId;
    if (isHere || target.kind === "home") continue;
    const order = { target: formatTarget(target), text: prompt };
    const refused = await permit(order, context, signal);
    if (refused !== undefined) return `Not scheduled: ${refused}`;
  }
  return undefined;
}

function originOf({ message }: CommandCall, { sessionOptions }: CronCommandDeps): JobOrigin {
  const { channelId, rootId } = replyTarget(message, sessionOptions);
  return {
    platform: "mattermost",
    channelId,
    channelName: message.channelName,
    threadId: rootId || undefined,
    personId: message.senderId,
    personName: message.senderName,
  };
}

/**
 * One's own jobs, and those that were made where one talks; for admins also those of the command line.
 * What others have scheduled elsewhere is theirs, unless the settings name an admin.
 */
function mayUse({ isAdmin, message }: CommandCall, { isNamedAdmin }: CronCommandDeps) {
  const { channelId, senderId } = message;
  const seesAll = isNamedAdmin(senderId);
  return ({ origin }: Job): boolean => {
    if (origin === undefined) return isAdmin;
    return seesAll || origin.personId === senderId || origin.channelId === channelId;
  };
}

function splitFirst(text: string): readonly [string, string] {
  const [, first = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  return [first, rest.trim()];
}
