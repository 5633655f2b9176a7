import { isSameSecret } from "../../runtime/same_secret.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { Answer, OpenQuestion } from "./open_question.ts";

/** Questions that are open at a time, in all conversations. */
export const QUESTIONS_MAX = 1_000;

/** A question before its post is there. */
export interface QuestionDraft extends Omit<OpenQuestion, keyof QuestionPost | "adminIds"> {
  /** What the marker of its post says that it answers. */
  readonly marker: string;
  /** What its buttons show, and nobody can guess; `""` where it has none. */
  readonly buttonSecret: string;
}

export interface QuestionRules {
  /** User ids of those who may decide for everybody. */
  readonly admins?: Readonly<Record<"dm" | "channel", ReadonlySet<string>>>;
  /** Where the server calls when a button is pressed; `undefined` where nothing can call. */
  readonly buttonsUrl?: string | undefined;
}

/** The post of a question: which it is, where it stands, and since when. */
export type QuestionPost = Pick<OpenQuestion, "postId" | "rootId" | "postedAtMs">;

interface Waiting {
  readonly draft: QuestionDraft;
  readonly resolve: (answer: Answer) => void;
  /** `undefined` until the post is there: nobody can answer what nobody has seen. */
  question: OpenQuestion | undefined;
}

/** All questions that wait for an answer. Whoever asked holds nothing but its own turn meanwhile. */
export class PendingQuestions {
  readonly #waiting = new Map<string, Waiting>();
  readonly #rules: QuestionRules;

  constructor(rules: QuestionRules = {}) {
    this.#rules = rules;
  }

  get buttonsUrl(): string | undefined {
    return this.#rules.buttonsUrl;
  }

  /** Those that can be answered, the oldest first. */
  get all(): readonly OpenQuestion[] {
    return [...this.#waiting.values()].flatMap(({ question }) => question ?? []);
  }

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return this.#waiting.size < QUESTIONS_MAX;
  }

  /** Whether a turn of this session waits for a person. */
  isWaiting(sessionKey: SessionKey): boolean {
    return this.all.some((question) => question.sessionKey === sessionKey);
  }

  byPost(postId: string): OpenQuestion | undefined {
    return this.all.find((question) => question.postId === postId);
  }

  byButton(secret: string): OpenQuestion | undefined {
    const found = [...this.#waiting.values()].find(({ draft }) =>
      draft.buttonSecret !== "" && isSameSecret(secret, draft.buttonSecret)
    );
    return found?.question;
  }

  /** Takes a question in before it is posted. Resolves with the first answer; see `close`. */
  open(draft: QuestionDraft): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.set(draft.marker, { draft, resolve, question: undefined });
    });
  }

  /**
   * The post of a question is there, and can be answered from now on. Said by whoever sees it first:
   * the socket mostly shows a post before the answer to the request comes. Other posts are ignored.
   */
  place(marker: string, post: QuestionPost): void {
    const waiting = this.#waiting.get(marker);
    if (waiting === undefined || waiting.question !== undefined) return;
    const { marker: _, buttonSecret: __, ...question } = waiting.draft;
    const place = question.channelKind === "dm" ? "dm" : "channel";
    const adminIds = this.#rules.admins?.[place] ?? new Set();
    waiting.question = { ...question, ...post, adminIds };
  }

  /** False when the question is not open any more: then the answer comes too late. */
  settle(question: OpenQuestion, answer: Answer): boolean {
    const found = [...this.#waiting].find(([, waiting]) => waiting.question === question);
    if (found === undefined) return false;
    const [marker, { resolve }] = found;
    this.#waiting.delete(marker);
    resolve(answer);
    return true;
  }

  /** Nobody waits for the answer any more. */
  close(marker: string): void {
    this.#waiting.delete(marker);
  }
}
