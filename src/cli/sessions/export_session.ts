import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { FileError } from "../../runtime/file_error.ts";
import { printableText } from "../../sandbox/chat_text.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { KeptSessions } from "./kept_sessions.ts";
import { shortTime } from "./session_times.ts";

const FORMATS = ["text", "jsonl", "markdown"];

/** `hermes sessions show` and `export`. Gives the exit code. */
export async function exportSession(wanted: string, format: string, io: CliIo): Promise<number> {
  if (!FORMATS.includes(format)) {
    io.err(`There is no format "${format}". Give jsonl or markdown.`);
    return EXIT.usage;
  }
  const kept = await new KeptSessions(io).get(wanted);
  if (format === "jsonl") {
    await copyLines(kept.path, io);
    return EXIT.ok;
  }
  const isMarkdown = format === "markdown";
  if (isMarkdown) io.out(`# ${printableText(kept.name)}\n\n${kept.id}, ${kept.source}\n`);
  for (const { role, text, atMs } of kept.history.lines) {
    const who = `${role === "user" ? "Person" : "Hermes"} (${shortTime(atMs)})`;
    if (isMarkdown) io.out(`## ${who}\n\n${text}\n`);
    else io.out(`${who}:\n${printableText(text)}\n`);
  }
  return EXIT.ok;
}

async function copyLines(path: string, io: CliIo): Promise<void> {
  try {
    const input = createReadStream(path, "utf8");
    for await (const line of createInterface({ input, crlfDelay: Infinity })) io.out(line);
  } catch (error) {
    throw new FileError("read", path, error);
  }
}
