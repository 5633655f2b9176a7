/** One message of a script. */
export interface ScriptMessage {
  /** 1 for the first line of the script. */
  readonly line: number;
  readonly person: string;
  readonly place:
    | { readonly kind: "direct" }
    | { readonly kind: "channel"; readonly name: string }
    /** The thread of the post that was written last, which it opens if need be. */
    | { readonly kind: "thread" };
  readonly text: string;
}

export type ChatScript =
  | { readonly kind: "messages"; readonly messages: readonly ScriptMessage[] }
  /** `problem` says what is wrong with line `line`. */
  | { readonly kind: "refused"; readonly line: number; readonly problem: string };

/** Who is there to speak and to be spoken to; the first person speaks where nobody is named. */
export interface ScriptNames {
  readonly people: readonly [string, ...string[]];
  /** Names of the channels that a person is in. */
  readonly channelsOf: (person: string) => readonly string[];
}

const COMMENT = /^\s*(#!|#\s|#$|$)/;
const PERSON = /^([a-z][a-z0-9._-]*):(?:\s+|$)/;
const CHANNEL = /^#(\S+)(?:\s+|$)/;
const THREAD = /^>(?:\s+|$)/;

/**
 * Reads a conversation, one message a line: `[PERSON:] [#CHANNEL | >] [\]TEXT`. Without a channel it
 * goes to the bot directly, with `>` into the thread of the last post. A backslash before the text
 * keeps what follows from being read as one of these. Blank lines and lines that begin with `# ` or
 * `#!` are left out.
 */
export function parseChatScript(script: string, names: ScriptNames): ChatScript {
  const messages: ScriptMessage[] = [];
  for (const [index, text] of script.replace(/^\uFEFF/, "").split(/\r?\n/).entries()) {
    if (COMMENT.test(text)) continue;
    const message = parseLine(text.trim(), index + 1, names);
    if ("problem" in message) return { kind: "refused", ...message };
    messages.push(message);
  }
  if (messages.length > 0) return { kind: "messages", messages };
  return { kind: "refused", line: 1, problem: "there is no message in it" };
}

function parseLine(
  text: string,
  line: number,
  { people, channelsOf }: ScriptNames,
): ScriptMessage | { readonly line: number; readonly problem: string } {
  const named = PERSON.exec(text);
  const isPerson = named?.[1] !== undefined && people.includes(named[1]);
  const person = isPerson ? named[1] ?? people[0] : people[0];
  const said = isPerson ? text.slice(named[0].length) : text;

  const channel = CHANNEL.exec(said);
  const channels = channelsOf(person);
  if (channel !== null && !channels.includes(channel[1] ?? "")) {
    const known = channels.join(", ");
    return { line, problem: `${person} is in no channel "${channel[1]}", only in ${known}` };
  }
  const thread = THREAD.exec(said);
  const rest = said.slice((channel ?? thread)?.[0].length ?? 0).replace(/^\\/, "");
  if (rest === "") return { line, problem: "the message has no text" };
  if (thread !== null) return { line, person, place: { kind: "thread" }, text: rest };
  if (channel === null) return { line, person, place: { kind: "direct" }, text: rest };
  return { line, person, place: { kind: "channel", name: channel[1] ?? "" }, text: rest };
}
