import type { Secret } from "../../runtime/secret.ts";

/** Who may talk to the bot, as the command line says it. */
export type PeopleOption =
  | { readonly kind: "listed"; readonly people: string }
  | { readonly kind: "everyone" }
  | { readonly kind: "nobody" };

/** Answers from the command line. What is `undefined` is asked, or stays as it is. */
export interface SetupAnswers {
  readonly url: string | undefined;
  readonly caFile: string | undefined;
  readonly token: Secret | undefined;
  readonly people: PeopleOption | undefined;
  /** `false` is none. */
  readonly homeChannel: string | false | undefined;
  readonly replyMode: "off" | "thread" | undefined;
  readonly provider: string | undefined;
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
  readonly apiKey: Secret | undefined;
}
