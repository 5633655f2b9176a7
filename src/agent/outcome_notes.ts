import type { TurnOutcome } from "./turn.ts";

/** What is said when a turn ended without an answer of the model's own. */
export const OUTCOME_NOTES: Readonly<Record<TurnOutcome, string>> = {
  answered: "",
  step_limit: "_(I stopped here: the task took more steps than I may take in one go.)_",
  stuck: "_(I stopped here: I went in circles.)_",
  cut_off: "_(The answer was cut off at the model's output limit. Ask me to go on.)_",
  only_thought: "⚠️ The model used up all that it may write with thinking. Set " +
    "agent.reasoning_effort lower or model.max_tokens higher, or ask for less at once.",
  refused: "⚠️ The model declined to answer this. Try to put it differently.",
  empty: "⚠️ The model gave an empty answer. Send the message again, or try another model.",
};
