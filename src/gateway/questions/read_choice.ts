import type { ApprovalScope } from "../../safety/approval_request.ts";
import type { Answer, OpenQuestion } from "./open_question.ts";
import { NUMBER_EMOJIS } from "./question_texts.ts";

/** What a reaction to a question says; `undefined` for reactions that say nothing. */
export function readReaction(
  emojiName: string,
  { kind, choices }: Pick<OpenQuestion, "kind" | "choices">,
): Answer | undefined {
  if (kind === "clarification") return choiceAt(NUMBER_EMOJIS.indexOf(emojiName), choices);
  const name = emojiName.replace(/_(?:\w+_)?skin_tone$/, "");
  if (["+1", "thumbsup", "white_check_mark", "heavy_check_mark"].includes(name)) {
    return { kind: "allowed", scope: "once" };
  }
  if (name === "infinity") return { kind: "allowed", scope: "always" };
  return ["-1", "thumbsdown", "x", "no_entry", "no_entry_sign"].includes(name)
    ? { kind: "denied" }
    : undefined;
}

/** What a pressed button says: the id that it was made with. */
export function readButton(
  id: string,
  { kind, choices }: Pick<OpenQuestion, "kind" | "choices">,
): Answer | undefined {
  if (kind === "clarification") return choiceAt(Number(id) - 1, choices);
  if (id === "deny") return { kind: "denied" };
  const scope = SCOPES.find((known) => known === id);
  return scope === undefined ? undefined : { kind: "allowed", scope };
}

const SCOPES: readonly ApprovalScope[] = ["once", "session", "always"];

function choiceAt(index: number, choices: readonly string[]): Answer | undefined {
  const text = choices[index];
  return text === undefined ? undefined : { kind: "answered", text };
}
