import { z } from "zod";
import { confirmJob, describeJob } from "../cron/describe_job.ts";
import type { Job, JobOrigin } from "../cron/job.ts";
import type { Customer, JobDesk } from "../cron/job_desk.ts";
import { formatTarget, resolveTargets } from "../cron/targets.ts";
import type { Clock } from "../runtime/clock.ts";
import { ToolError } from "./errors.ts";
import type { MessageOrder } from "./send_message_tool.ts";
import type { Tool, ToolContext } from "./tool.ts";

export interface CronjobToolDeps {
  readonly desk: JobDesk;
  /** As `MessageSender.permit`. */
  readonly permit: (
    order: MessageOrder,
    context: ToolContext,
    signal: AbortSignal,
  ) => Promise<string | undefined>;
  /** Of whom no zone is known. */
  readonly timeZone: string;
  /** Whether all jobs of the home are those of whoever talks. */
  readonly seesAll: boolean;
  readonly clock: Clock;
}

const INPUT = z.object({
  action: z.enum(["create", "list", "update", "pause", "resume", "run", "remove"]),
  job_id: z.string().optional().describe("Id or name, for all but create and list"),
  schedule: z.string().optional().describe(
    'Once: "20m", "tomorrow 9am", ISO time. Recurring: "every 2h", "weekdays at 9am", cron "0 9 * * 1-5". ' +
      "In the person's time zone",
  ),
  prompt: z.string().optional().describe(
    "The whole task, for an agent that does not know this conversation. For a reminder: what to remind of",
  ),
  name: z.string().optional(),
  repeat: z.int().min(0).optional().describe("How many runs; without it, for ever"),
  deliver: z.string().optional().describe(
    "Where the answer is posted: origin (here, default), home, local (nowhere), @user, ~channel; or several with commas",
  ),
  skills: z.array(z.string()).optional(),
  script: z.string().optional().describe("File in the scripts folder that runs first"),
  no_agent: z.boolean().optional().describe("Post what the script prints"),
  context_from: z.array(z.string()).optional().describe("Jobs whose last output it needs"),
  model: z.string().optional(),
});
type CronjobInput = z.infer<typeof INPUT>;

/** Has the agent keep a timetable: reminders, and work that comes again. */
export function createCronjobTool(deps: CronjobToolDeps): Tool<CronjobInput> {
  return {
    name: "cronjob",
    description: "Schedules work for later: reminders, recurring tasks. At its time an agent " +
      "without memory of this conversation does the task, and its answer is posted. " +
      "After create or update tell the person the schedule and the next times as they are given.",
    input: INPUT,
    run: async (input, context, signal) => {
      if (context.person === undefined) {
        throw new ToolError("Jobs cannot schedule jobs", "Do the task, and report.");
      }
      const timeZone = context.person.timeZone ?? deps.timeZone;
      const customer = { timeZone, origin: originOf(context), mayUse: mayUse(context, deps) };
      return await serve(input, customer, context, deps, signal);
    },
  };
}

async function serve(
  input: CronjobInput,
  customer: Customer,
  context: ToolContext,
  deps: CronjobToolDeps,
  signal: AbortSignal,
): Promise<string> {
  const { desk, clock } = deps;
  const teller = { nowMs: clock.nowMs(), timeZone: customer.timeZone };
  const { action, job_id: id = "" } = input;
  if (action === "list") {
    const { jobs } = await desk.list(customer);
    if (jobs.length === 0) return "There are no jobs.";
    return jobs.map((job) => `- ${describeJob(job, teller)}`).join("\n");
  }
  if (action === "create") {
    await permitAll(input, customer.origin, context, deps, signal);
    return `Scheduled.\n${confirmJob(await desk.create(orderOf(input), customer), teller)}`;
  }
  if (id.trim() === "") throw new ToolError("No job is named", "Give job_id; list tells the ids.");
  switch (action) {
    case "update": {
      await permitAll(input, (await desk.find(id, customer)).origin, context, deps, signal);
      return `Changed.\n${confirmJob(await desk.edit(id, orderOf(input), customer), teller)}`;
    }
    case "pause":
      return `Paused: ${describeJob(await desk.pause(id, undefined, customer), teller)}`;
    case "resume":
      return `Resumed.\n${confirmJob(await desk.resume(id, customer), teller)}`;
    case "run":
      return `Runs at once: ${describeJob(await desk.run(id, customer), teller)}`;
    case "remove":
      return `Removed: ${describeJob(await desk.remove(id, customer), teller)}`;
  }
}

/** What a job posts elsewhere is posted for the person who made it. */
async function permitAll(
  { deliver, schedule = "", prompt = "" }: CronjobInput,
  origin: JobOrigin | undefined,
  context: ToolContext,
  { permit }: CronjobToolDeps,
  signal: AbortSignal,
): Promise<void> {
  if (deliver === undefined) return;
  const { targets } = resolveTargets({ deliver, origin });
  for (const target of targets) {
    const isHere = target.kind === "channel" && target.channel === context.place?.channelId;
    if (isHere || target.kind === "home") continue;
    const order = { target: formatTarget(target), text: `A job, ${schedule}: ${prompt}` };
    const refused = await permit(order, context, signal);
    if (refused !== undefined) throw new ToolError("Cannot deliver there", refused);
  }
}

function orderOf(input: CronjobInput) {
  const { context_from: contextFrom, no_agent: noAgent, job_id: _, action: _a, ...rest } = input;
  return { ...rest, contextFrom, noAgent };
}

function originOf({ person, place }: ToolContext): JobOrigin | undefined {
  if (place === undefined) return undefined;
  const { channelId, channelName, threadId } = place;
  const [personId, personName] = [person?.id, person?.name];
  return { platform: "mattermost", channelId, channelName, threadId, personId, personName };
}

/** One's own jobs, and those that were made where one talks. */
function mayUse({ person, place }: ToolContext, { seesAll }: CronjobToolDeps) {
  return ({ origin }: Job): boolean =>
    seesAll || (origin !== undefined &&
      (origin.personId === person?.id || origin.channelId === place?.channelId));
}
