/** What a message does to the work under way in its conversation. */
export type BusyMode = "interrupt" | "queue" | "steer";

export interface BusyRules {
  readonly mode: BusyMode;
  /** For what somebody else says in a conversation that several people share. */
  readonly modeForOthers: BusyMode;
  /** Posts of one person that follow each other faster than this are one message. */
  readonly burstMs: number;
}

/** What is known of a message, or of several that are answered together. */
export interface SaidFacts {
  readonly senderId: string;
  /** False for what nobody wrote: it neither disturbs nor is joined with anything. */
  readonly isFromPerson: boolean;
  readonly hasFiles: boolean;
  /** Files without a word: they belong to the words before or after them. */
  readonly hasOnlyFiles: boolean;
  /** When the newest post was written, by the server's clock. */
  readonly createdAtMs: number;
}

/** What waits or runs already. */
export interface WorkFacts extends SaidFacts {
  /** Whether more may be answered together with it. */
  readonly canGrow: boolean;
}

export interface RunningFacts extends WorkFacts {
  /**
   * `gathering`: not asked yet, or about to be asked anew. `fresh`: nothing is shown and no tool has
   * begun, so nothing is lost by beginning anew. `ending`: only its last words are still to be posted.
   */
  readonly stage: "gathering" | "fresh" | "under_way" | "ending";
  /** It waits for a person. */
  readonly asks: boolean;
  /** Agents of its own work for it; what they have found would be lost. */
  readonly delegates: boolean;
}

export interface BusyState {
  /** `undefined` when nothing runs. */
  readonly running: RunningFacts | undefined;
  /** What comes last of all that waits. */
  readonly lastWaiting: WorkFacts | undefined;
}

export interface BusyDecision {
  /**
   * `running`: it is answered together with what runs, which begins anew. `waiting`: together with
   * what waits. `steer`: what runs reads it with the results of its next tools. `line`: it is answered
   * when all before it is.
   */
  readonly goes: "running" | "waiting" | "steer" | "line";
  /** Whether what runs ends here. */
  readonly interrupts: boolean;
}

/**
 * Decides what a message does that comes to its conversation. Order is kept: nothing that waits is
 * overtaken.
 *
 * @param asked The mode that the person asked for by a command: then it stays a message of its own.
 */
export function decideBusy(
  said: SaidFacts,
  { running, lastWaiting }: BusyState,
  rules: BusyRules,
  asked?: BusyMode,
): BusyDecision {
  if (!said.isFromPerson) return IN_LINE;
  const mode = asked ?? modeFor(said, running, rules);
  const joins = (work: WorkFacts) =>
    asked === undefined && belongTogether(work, said, mode, rules.burstMs);
  if (lastWaiting !== undefined && joins(lastWaiting)) {
    return { goes: "waiting", interrupts: isInterrupting(said, running, mode) };
  }
  if (running === undefined) return IN_LINE;
  const isEarly = running.stage === "gathering" || running.stage === "fresh";
  if (isEarly && !running.asks && lastWaiting === undefined && joins(running)) {
    return { goes: "running", interrupts: false };
  }
  if (mode === "steer" && canSteer(said, running)) return { goes: "steer", interrupts: false };
  return { goes: "line", interrupts: isInterrupting(said, running, mode) };
}

const IN_LINE: BusyDecision = { goes: "line", interrupts: false };

function modeFor(said: SaidFacts, running: RunningFacts | undefined, rules: BusyRules): BusyMode {
  const isOther = running?.isFromPerson === true && running.senderId !== said.senderId;
  return isOther ? rules.modeForOthers : rules.mode;
}

/** Whether a message is the rest of what the same person said before. */
function belongTogether(
  before: WorkFacts,
  said: SaidFacts,
  mode: BusyMode,
  burstMs: number,
): boolean {
  if (!before.canGrow || before.senderId !== said.senderId) return false;
  if (mode !== "queue" || before.hasOnlyFiles || said.hasOnlyFiles) return true;
  return Math.abs(said.createdAtMs - before.createdAtMs) < burstMs;
}

/** What waits for a person is left to that person, and an older message ends nothing. */
function isInterrupting(
  said: SaidFacts,
  running: RunningFacts | undefined,
  mode: BusyMode,
): boolean {
  if (running === undefined || mode !== "interrupt" || said.hasOnlyFiles) return false;
  if (running.asks || running.delegates || said.createdAtMs < running.createdAtMs) return false;
  const isOwn = running.isFromPerson && running.senderId === said.senderId;
  return running.stage === "under_way" || (running.stage === "fresh" && !isOwn);
}

/** A turn can be told words, but given no files. */
function canSteer(said: SaidFacts, running: RunningFacts): boolean {
  return !said.hasFiles && !running.asks &&
    (running.stage === "fresh" || running.stage === "under_way");
}
