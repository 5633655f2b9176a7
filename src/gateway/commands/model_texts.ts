import { type ModelFacts, modelText } from "./status_texts.ts";

/** What the bot says about how a conversation is answered. */

export const GLOBAL_IS_FOR_ADMINS =
  "Only admins choose the model for everybody: leave out --global.";

export function modelShownText(facts: ModelFacts): string {
  return `The model here is ${modelText(facts)}. ${modelUsageText()}`;
}

export function modelUsageText(): string {
  return "`!model <id>` chooses another for this conversation, with `--provider <name>` one of " +
    "another provider; `!model default` takes that back.";
}

export function modelSetText(modelId: string, where: "session" | "global" | "default"): string {
  const model = `\`${modelId}\``;
  switch (where) {
    case "session":
      return `🤖 ${model} answers in this conversation from now on.`;
    case "global":
      return `🤖 ${model} answers in this conversation from now on, and everywhere else after the ` +
        "next start.";
    case "default":
      return `🤖 ${model} answers here again, as everywhere.`;
  }
}

export function reasoningShownText({ reasoningEffort }: ModelFacts): string {
  return `Reasoning is \`${reasoningEffort}\` here. \`!reasoning high\` changes that, \`!reasoning show\` ` +
    "shows what the model thinks.";
}

export function reasoningUsageText(efforts: readonly string[]): string {
  const names = efforts.map((effort) => `\`${effort}\``).join(", ");
  return `Reasoning is one of ${names}; \`show\` and \`hide\` say whether it is shown.`;
}

export function reasoningSetText(value: string): string {
  if (value === "show") return "What the model thinks is shown in this conversation from now on.";
  if (value === "hide") return "What the model thinks is not shown in this conversation any more.";
  return `Reasoning is \`${value}\` in this conversation from now on.`;
}

export const YOLO_USAGE = "Write `!yolo on` or `!yolo off`.";

export function yoloText(isUnguarded: boolean): string {
  return isUnguarded
    ? "⚠️ Commands in this conversation run without a question until `!yolo off`, `!new` or a restart."
    : "Dangerous commands in this conversation are asked about again.";
}
