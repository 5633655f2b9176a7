import { probeSocket } from "../../mattermost/probe_socket.ts";
import { composeMattermostNetwork } from "../compose.ts";
import type { SettledServer } from "./server_question.ts";
import type { SetupContext } from "./setup_context.ts";
import { sayProblem, SetupRefusedError, type Verdict } from "./settle.ts";
import type { BotAccess } from "./token_question.ts";

/** Opens the socket, through the proxy if there is one: over it the bot hears what is written. */
export async function checkSocket(
  server: SettledServer,
  access: BotAccess,
  context: SetupContext,
): Promise<void> {
  const { prompter } = context;
  for (;;) {
    const verdict = await prompter.busy(
      "Opening the socket",
      (signal) => trySocket(server, access, context, signal),
    );
    if (verdict.kind === "good") return prompter.say("good", "The socket opens");
    if (!prompter.isInteractive) throw new SetupRefusedError(verdict);
    sayProblem(verdict, prompter);
    const isOver = await prompter.choose({
      message: "Without the socket the bot hears nothing. What now?",
      options: [
        { value: false, label: "Try again" },
        { value: true, label: "Go on, and mend it later" },
      ],
    });
    if (isOver) return;
  }
}

async function trySocket(
  { serverUrl }: SettledServer,
  { api, token }: BotAccess,
  { clock, draft }: SetupContext,
  signal: AbortSignal,
): Promise<Verdict<undefined>> {
  const { openSocket } = composeMattermostNetwork(await draft.config());
  const probe = await probeSocket({ serverUrl, api, token, openSocket, clock }, signal);
  switch (probe.kind) {
    case "hello":
      return { kind: "good", answer: undefined };
    case "failed":
      return notOpen(probe.error.message, probe.error.hint);
    case "upgrade_dropped":
      return notOpen("The reverse proxy keeps the WebSocket from opening", PROXY_REMEDY);
    case "token_dropped":
      return notOpen("The reverse proxy takes the token away from the WebSocket", PROXY_REMEDY);
    case "silent":
      return notOpen("The socket opened, and the server said nothing", PROXY_REMEDY);
  }
}

const PROXY_REMEDY =
  "Let it pass Upgrade, Connection and Authorization on; hermes doctor shows how.";

function notOpen(problem: string, remedy: string): Verdict<undefined> {
  return { kind: "unknown", problem, remedy, answer: undefined };
}
