import picocolors from "picocolors";
import type { ChatPost } from "./chat_post.ts";
import { printableText, wrapText } from "./chat_text.ts";

/** What a terminal is to show next. */
export interface ChatOutput {
  /** Rows to add, for good. */
  readonly rows: readonly string[];
  /** Rows between those and the prompt, in place of the ones that were there. */
  readonly live: readonly string[];
}

/** How a post is to be shown. */
export interface PostSetting {
  /** Name of the place, or `""` for the one where the reader is. */
  readonly label: string;
  /** It is part of an answer that is not complete. */
  readonly isGrowing: boolean;
}

interface ShownPost {
  readonly text: string;
  /** How much of the text is in the rows that were added for good. */
  readonly printedLength: number;
  /** Rows that were added for good do not hold any more. */
  readonly isEdited: boolean;
  readonly setting: PostSetting;
  readonly author: string;
}

/** The post whose rows stand last, to which more can be added. */
interface OpenPost {
  readonly id: string;
  hasHeader: boolean;
}

/** Blanks before each row of a post. */
const INDENT = "  ";

/**
 * Turns posts that appear and grow into rows of a terminal. A row that cannot change any more is
 * added for good; the last row of a growing post stays live, so that it can be replaced.
 */
export class ChatView {
  readonly #colors: ReturnType<typeof picocolors.createColors>;
  readonly #columns: () => number;
  readonly #shown = new Map<string, ShownPost>();
  #rows: string[] = [];
  #open: OpenPost | undefined;
  #typing: readonly string[] = [];

  constructor(options: { readonly color: boolean; readonly columns: () => number }) {
    this.#colors = picocolors.createColors(options.color);
    this.#columns = options.columns;
  }

  /** Takes note of a post that the reader has just written and sees already. */
  written(post: ChatPost): void {
    const setting = { label: "", isGrowing: false };
    const shown = shownPost(post, setting);
    this.#shown.set(post.id, { ...shown, printedLength: shown.text.length });
    this.interrupt();
  }

  /** Shows a post as it is now. The same state again changes nothing. */
  show(post: ChatPost, setting: PostSetting): void {
    const before = this.#shown.get(post.id);
    if (post.isDeleted) return this.#showDeleted(post, before, setting);
    const shown = { ...shownPost(post, setting), ...unchangedPart(before, post) };
    this.#shown.set(post.id, shown);
    const isOpen = this.#open?.id === post.id;
    if (!isOpen && shown.text.length === shown.printedLength && before !== undefined) return;
    if (!isOpen) this.#switchTo(post.id);
    if (shown.isEdited) this.interrupt();
    this.#print(post.id, { upToLastRow: setting.isGrowing });
    if (!setting.isGrowing) this.#close();
  }

  /** Says who is typing, one row each. */
  showTyping(rows: readonly string[]): void {
    this.#typing = rows;
  }

  /** Adds something that nobody posted. */
  note(text: string): void {
    this.interrupt();
    this.#rows.push(...wrapText(printableText(text), this.#columns()).map((row) => row.text));
  }

  /** Adds a line of a log: one dim row, cut where it is too long. */
  noteLogLine(line: string): void {
    this.interrupt();
    const [first, ...more] = wrapText(printableText(line), this.#columns() - 1);
    this.#rows.push(this.#colors.dim(`${first?.text ?? ""}${more.length > 0 ? "…" : ""}`));
  }

  /** Something else stands below the open post now: what follows of it says again whose it is. */
  interrupt(): void {
    if (this.#open !== undefined) this.#open.hasHeader = false;
  }

  /** What has come together since the last call. */
  take(): ChatOutput {
    const rows = this.#rows;
    this.#rows = [];
    const typing = this.#typing.map((row) => this.#colors.dim(row));
    return { rows, live: [...this.#liveRows(), ...typing] };
  }

  #showDeleted(post: ChatPost, before: ShownPost | undefined, setting: PostSetting): void {
    if (before === undefined) return;
    this.#shown.delete(post.id);
    if (this.#open?.id === post.id) this.#open = undefined;
    const where = setting.label === "" ? "" : ` in ${setting.label}`;
    this.note(`(${post.author} deleted a post${where})`);
  }

  /** Gives up the open post, with its last row as it is, in favour of another. */
  #switchTo(postId: string): void {
    const { id } = this.#open ?? {};
    if (id !== undefined) {
      this.#print(id, { upToLastRow: false });
      this.#close();
    }
    this.#open = { id: postId, hasHeader: false };
  }

  #close(): void {
    if (this.#open?.hasHeader === true) this.#rows.push("");
    this.#open = undefined;
  }

  #print(postId: string, options: { readonly upToLastRow: boolean }): void {
    const post = this.#shown.get(postId);
    if (post === undefined || this.#open === undefined) return;
    const rows = this.#rowsLeft(post);
    const ready = options.upToLastRow ? rows.slice(0, -1) : rows;
    if (ready.length === 0) return;
    if (!this.#open.hasHeader) this.#rows.push(this.#header(post));
    this.#open.hasHeader = true;
    this.#rows.push(...ready.map((row) => `${INDENT}${row.text}`.trimEnd()));
    const printedLength = post.printedLength + (ready.at(-1)?.end ?? 0);
    this.#shown.set(postId, { ...post, printedLength, isEdited: false });
  }

  #liveRows(): string[] {
    const post = this.#shown.get(this.#open?.id ?? "");
    if (post === undefined) return [];
    const rows = this.#rowsLeft(post).map((row) => `${INDENT}${row.text}`);
    if (rows.length === 0) return [];
    return this.#open?.hasHeader === true ? rows : [this.#header(post), ...rows];
  }

  #rowsLeft(post: ShownPost) {
    const left = post.text.slice(post.printedLength);
    return left === "" ? [] : wrapText(left, this.#columns() - INDENT.length);
  }

  #header({ author, setting, printedLength, isEdited }: ShownPost): string {
    const state = isEdited ? "(edited)" : printedLength > 0 ? "(continued)" : "";
    const details = [setting.label, state].filter((text) => text !== "");
    return [this.#colors.bold(author), ...details.map((text) => this.#colors.dim(text))].join(" ");
  }
}

function shownPost({ author, message }: ChatPost, setting: PostSetting): ShownPost {
  return {
    text: readableText(message),
    printedLength: 0,
    isEdited: false,
    setting,
    author,
  };
}

/** How much of a post stands in the rows for good, up to the first line that differs. */
function unchangedPart(
  before: ShownPost | undefined,
  post: ChatPost,
): Pick<ShownPost, "printedLength" | "isEdited"> {
  if (before === undefined) return { printedLength: 0, isEdited: false };
  const text = readableText(post.message);
  const printed = before.text.slice(0, before.printedLength);
  const { printedLength, isEdited } = before;
  if (text.startsWith(printed)) return { printedLength, isEdited };
  let length = 0;
  while (printed[length] === text[length]) length += 1;
  return { printedLength: text.lastIndexOf("\n", length - 1) + 1, isEdited: true };
}

function readableText(message: string): string {
  return printableText(message).trimEnd();
}
