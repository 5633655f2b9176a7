import { askNobody } from "../../safety/approval_request.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import type { OpenChat } from "./chat_command.ts";
import { Conversation, type Saying } from "./conversation.ts";

/** Asks one question, prints the answer, and gives the exit code. Nobody is asked anything. */
export async function answerOnce(
  question: Saying,
  { json }: { readonly json: boolean },
  { parts, first }: Pick<OpenChat, "parts" | "first">,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> {
  const askQuestion = () => Promise.resolve({ kind: "nobody_to_ask" as const });
  const asking = { askApproval: askNobody, askQuestion };
  const conversation = new Conversation(first.key, { ...parts, ...asking, sessions: first.store });
  const reply = await conversation.ask(question, (event) => {
    if (event.kind === "tool_started" && io.errTerminal.isTty) io.err(`[${event.name}]`);
  }, signal);
  await conversation.close();
  const { redact } = parts.agent;
  if (json) {
    io.out(JSON.stringify({
      answer: redact(reply.text),
      outcome: reply.outcome,
      ...(reply.note === "" ? {} : { note: redact(reply.note) }),
      session_id: await conversation.id(),
      model: parts.turn.models.primary.modelId,
      usage: reply.usage,
    }));
  } else {
    if (reply.text !== "") io.out(redact(reply.text));
    if (reply.note !== "") io.err(redact(reply.note));
  }
  if (reply.outcome === "interrupted") return EXIT.cancelled;
  return reply.outcome === "answered" ? EXIT.ok : EXIT.failure;
}
