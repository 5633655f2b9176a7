import { OUTCOME_NOTES } from "../agent/outcome_notes.ts";
import { runTurn, type TurnOutcome } from "../agent/turn.ts";
import { isInvisible } from "../mattermost/clean_text.ts";
import { ModelError } from "../models/errors.ts";
import type { ReplyWriter } from "../replies/reply_writer.ts";
import { isSilence } from "../replies/silence.ts";
import { fetchAttachments } from "./attachments.ts";
import { endInterrupted } from "./busy/end_interrupted.ts";
import type { ExchangeDeps, TurnPlace } from "./exchange_deps.ts";
import { joinNotes, problemNote } from "./exchange_texts.ts";
import { isNeverTaken, keepEvent, keepUnanswered } from "./keep_turn.ts";
import { reportFailure } from "./report_failure.ts";
import { turnInput } from "./turn_input.ts";

/**
 * Runs the turn. Returns what is to be said below the answer: a failure, or nothing; `undefined` when
 * the answer is to stay as it is.
 */
export async function runTurnInto(
  reply: ReplyWriter,
  place: TurnPlace,
  deps: ExchangeDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { message, key, mark, control } = place;
  try {
    const ended = AbortSignal.any([signal, control.signal]);
    const attached = await fetchAttachments(message.files, deps.attachments, ended);
    const input = await turnInput(place, attached, deps, ended);
    let outcome: TurnOutcome = "empty";
    for await (const event of runTurn(input, deps.turn, ended)) {
      control.note(event);
      await keepEvent(event, message, key, deps);
      reply.show(event, signal);
      if (event.kind === "ended") outcome = event.outcome;
    }
    const saysNothing = isInvisible(reply.text);
    if (saysNothing && outcome === "answered") outcome = "empty";
    const note = OUTCOME_NOTES[outcome];
    if (saysNothing) mark.becomes("failed");
    // To somebody who wrote to the bot alone, the mark is the answer.
    else if (isSilence(reply.text) && message.channelKind !== "dm") mark.becomes("dropped");
    if (saysNothing) await keepUnanswered(note, outcome === "refused", message, key, deps);
    return joinNotes([note, ...attached.problems.map(problemNote)]);
  } catch (error) {
    signal.throwIfAborted();
    if (control.signal.aborted) {
      mark.becomes(control.interruption?.kind === "restarted" ? "unfinished" : "dropped");
      return await endInterrupted(control, reply, key, { ...deps, ...deps.delivery });
    }
    mark.becomes("failed");
    const about = { event: "exchange.failed", postId: message.postId };
    const note = reportFailure(error, about, deps.delivery.log);
    if (error instanceof ModelError && isInvisible(reply.text)) {
      await keepUnanswered(note, isNeverTaken(error.kind), message, key, deps);
    }
    return note;
  }
}
