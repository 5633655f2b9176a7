import type { DemoModel } from "./demo_model.ts";

/** What stands above the first prompt. */
export function welcomeText(url: string, model: DemoModel): string {
  const ideas = model.isBuiltIn ? "help, time, long, error, what did I say" : "what can you do?";
  return [
    "This is a Mattermost in memory with Hermes in it, and you are alice.",
    `The server listens on ${url} and forgets everything at the end.`,
    `The model is ${model.description}.`,
    "",
    `What you write goes to hermes. Try: ${ideas}`,
    "In a channel, mention it: /channel general, then @hermes hello",
    "/help lists the commands. /quit, Ctrl-C or Ctrl-D leaves.",
    "",
  ].join("\n");
}

/** What `/help` says. */
export const HELP_TEXT = `
/dm             write to hermes directly
/channel NAME   write in a channel, where hermes answers to @hermes
/channels       list the channels
/thread         write in the thread of the last post here; /thread off leaves it
/as NAME        be alice, bob, or mallory, whom hermes does not answer
/quit           leave
//TEXT          say a text that begins with a slash
`;
