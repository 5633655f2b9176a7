import { z } from "zod";
import type { Tool } from "./tool.ts";

const CHOICES_MAX = 4;
const WAIT_MS = 600_000;

/** Asks the person something without which the task cannot go on. */
export function createClarifyTool(): Tool<{ question: string; choices: string[] }> {
  return {
    name: "clarify",
    description: "Asks the person one question and waits for the answer. Use it only when you " +
      "cannot go on without it. Not for permission: tools ask for that themselves.",
    input: z.object({
      question: z.string().min(1).max(2_000),
      choices: z.array(z.string().min(1).max(200)).max(CHOICES_MAX).default([])
        .describe("Likely answers; another one is always possible"),
    }),
    run: async ({ question: text, choices }, { askQuestion }, signal) => {
      const answer = await askQuestion({ text, choices, expiresInMs: WAIT_MS }, signal);
      switch (answer.kind) {
        case "answered":
          return `The person answers: ${answer.text}`;
        case "expired":
          return "Nobody answered. That is no consent: do what is safe without the answer, or " +
            "stop and say what you need.";
        case "nobody_to_ask":
          return "Nobody can be asked here. Take the safest reading, and say which you took.";
      }
    },
  };
}
