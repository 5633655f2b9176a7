import { isAbsolute, relative, sep } from "node:path";
import type { ResolvedCall } from "../tools/registry.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { ToolCall } from "../transcript/message.ts";

/** Most calls that run side by side. */
const PARALLEL_CALLS_MAX = 8;

export interface PlannedCall {
  readonly call: ToolCall;
  readonly resolved: ResolvedCall;
}

/** What a call may disturb, and what may disturb it. */
type Reach =
  | { readonly kind: "nothing" }
  | { readonly kind: "reads" }
  | { readonly kind: "files"; readonly paths: readonly string[]; readonly onlyReads: boolean }
  | { readonly kind: "anything" };

/** Parts the calls of a step, in order, into groups that may run side by side. */
export function toBatches(planned: readonly PlannedCall[], context: ToolContext): PlannedCall[][] {
  const batches: { readonly plans: PlannedCall[]; readonly reaches: Reach[] }[] = [];
  for (const plan of planned) {
    const reach = reachOf(plan.resolved, context);
    const last = batches.at(-1);
    const fits = last !== undefined && last.plans.length < PARALLEL_CALLS_MAX &&
      last.reaches.every((other) => mayRunBeside(reach, other));
    if (fits) {
      last.plans.push(plan);
      last.reaches.push(reach);
    } else batches.push({ plans: [plan], reaches: [reach] });
  }
  return batches.map(({ plans }) => plans);
}

function reachOf(resolved: ResolvedCall, context: ToolContext): Reach {
  if (resolved.kind === "refused") return { kind: "nothing" };
  const { tool, input } = resolved;
  const onlyReads = tool.readOnly === true || tool.isConcurrent === true;
  if (tool.touches === undefined) return { kind: onlyReads ? "reads" : "anything" };
  try {
    return { kind: "files", paths: tool.touches(input, context), onlyReads };
  } catch {
    return { kind: "anything" }; // Alone, it will say what is wrong with its path.
  }
}

function mayRunBeside(a: Reach, b: Reach): boolean {
  if (a.kind === "nothing" || b.kind === "nothing") return true;
  if (a.kind === "anything" || b.kind === "anything") return false;
  const bothRead = [a, b].every((reach) => reach.kind === "reads" || reach.onlyReads);
  if (bothRead) return true;
  // A search, say, reads more than it can name.
  if (a.kind === "reads" || b.kind === "reads") return false;
  return !a.paths.some((path) => b.paths.some((other) => overlap(path, other)));
}

function overlap(path: string, other: string): boolean {
  return isWithin(path, other) || isWithin(other, path);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
