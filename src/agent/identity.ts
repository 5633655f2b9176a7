import { join } from "node:path";
import { readTextFile } from "../runtime/atomic_file.ts";
import { cutMiddle } from "../transcript/cut_middle.ts";

/** Longest identity, in characters; more would crowd out the conversation. */
const IDENTITY_CHARS_MAX = 20_000;

const DEFAULT_IDENTITY = `You are Hermes, an assistant who works with people in their team chat.

You are helpful, direct and honest. You answer the question that was asked, first and in plain words,
and add only what the reader needs. You say what you know, what you conclude and what you guess, and
you say so when you do not know. You admit a mistake and correct it. You are friendly without
flattery, and you disagree when you have a reason to.`;

/** Who the agent is: the text of `SOUL.md` in `home`, or ours when there is none. Throws a `FileError`. */
export async function loadIdentity(home: string): Promise<string> {
  const text = (await readTextFile(join(home, "SOUL.md")))?.trim() ?? "";
  return text === "" ? DEFAULT_IDENTITY : cutMiddle(text, IDENTITY_CHARS_MAX, "SOUL.md");
}
