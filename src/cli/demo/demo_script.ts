import { readFile } from "node:fs/promises";
import process from "node:process";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import { FileError } from "../../runtime/file_error.ts";
import { placeLabel, toChatPost } from "../../sandbox/chat_post.ts";
import { parseChatScript, type ScriptMessage } from "../../sandbox/chat_script.ts";
import { channelsOf } from "../../sandbox/chat_seat.ts";
import { printableText } from "../../sandbox/chat_text.ts";
import type { Post } from "../../sandbox/records.ts";
import { Refusal } from "../../sandbox/refusal.ts";
import type { SandboxServer } from "../../sandbox/sandbox_server.ts";
import { SEEDED_BOT, SEEDED_PEOPLE } from "../../sandbox/seed.ts";
import { describeIgnored } from "./demo_outcome.ts";
import { type DemoWorkspace, openDemoWorkspace } from "./demo_workspace.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";

/** `hermes demo --script`: holds a conversation and prints it. Gives the exit code. */
export async function runDemoScript(
  file: string,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> {
  const script = await readScript(file, signal);
  if ("problem" in script) {
    io.err(script.problem);
    return EXIT.usage;
  }
  const input = { environment: io.environment, warn: io.err };
  await using workspace = await openDemoWorkspace(input, signal);
  const { server } = workspace;
  const parsed = parseChatScript(script.text, {
    people: SEEDED_PEOPLE,
    channelsOf: (person) => channelsOf(person, server).map((channel) => channel.name),
  });
  if (parsed.kind === "refused") {
    io.err(`Cannot use the script: in line ${parsed.line}, ${parsed.problem}.`);
    return EXIT.usage;
  }
  io.err(`The model is ${workspace.answeredBy.description}.\n`);
  const isComplete = await holdConversation(parsed.messages, workspace, io, signal);
  return isComplete ? EXIT.ok : EXIT.failure;
}

async function readScript(
  file: string,
  signal: AbortSignal,
): Promise<{ text: string } | { problem: string }> {
  try {
    if (file === "-") return { text: await text(addAbortSignal(signal, process.stdin)) };
    return { text: await readFile(file, { encoding: "utf8", signal }) };
  } catch (cause) {
    signal.throwIfAborted();
    const { message, hint } = new FileError("read", file, cause);
    return { problem: `${message}. ${hint}` };
  }
}

/** Writes one message after the other. False when one could not be written or answered. */
async function holdConversation(
  messages: readonly ScriptMessage[],
  workspace: DemoWorkspace,
  io: CliIo,
  signal: AbortSignal,
): Promise<boolean> {
  const { server } = workspace;
  const printed = new Set<string>();
  let isComplete = true;
  for (const message of messages) {
    const post = write(message, server);
    if (post instanceof Refusal) {
      io.out(`(Not posted: ${message.person} may not write that there)\n`);
      isComplete = false;
      continue;
    }
    const outcome = await workspace.outcomeOf(post.id);
    if (signal.aborted) return false;
    printNewPosts(server, printed, io.out);
    if (outcome.kind === "failed") isComplete = false;
    const silence = outcome.kind === "ignored"
      ? describeIgnored(outcome.reason, message.person)
      : undefined;
    if (silence !== undefined) io.out(`(No answer: ${silence})\n`);
  }
  return isComplete;
}

function write({ person, place, text }: ScriptMessage, server: SandboxServer): Post | Refusal {
  const author = server.as(person);
  try {
    switch (place.kind) {
      case "direct":
        return author.dm(SEEDED_BOT, text);
      case "channel":
        return author.post({ channel: place.name, message: text });
      case "thread": {
        const last = [...server.world.posts.values()].findLast((post) => post.delete_at === 0);
        if (last === undefined) return author.dm(SEEDED_BOT, text);
        const rootId = last.root_id || last.id;
        return author.post({ channel: last.channel_id, message: text, rootId });
      }
      default:
        return place satisfies never;
    }
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** Prints the posts in the order in which they were created, each once, as they are now. */
function printNewPosts(
  { world }: SandboxServer,
  printed: Set<string>,
  out: (line: string) => void,
): void {
  for (const record of world.posts.values()) {
    const post = toChatPost(record, world);
    if (post.isDeleted || printed.has(post.id)) continue;
    printed.add(post.id);
    const lines = printableText(post.message).split("\n").map((line) => `  ${line}`.trimEnd());
    out([`${post.author} → ${placeLabel(post, post.author, world)}`, ...lines, ""].join("\n"));
  }
}
