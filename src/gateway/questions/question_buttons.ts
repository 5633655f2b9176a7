import type { PostChange } from "../../mattermost/api.ts";
import { defuseMentions } from "../../replies/defuse_mentions.ts";
import type { OpenQuestion } from "./open_question.ts";
import { APPROVAL_BUTTONS, BUTTONS_FALLBACK } from "./question_texts.ts";

/** Longest text of a button. */
const BUTTON_CHARS_MAX = 60;

/** Props that put buttons below a question. What a button shows when it is pressed stays on the server. */
export function buttonProps(
  { kind, choices }: Pick<OpenQuestion, "kind" | "choices">,
  { url, secret }: { readonly url: string; readonly secret: string },
): Readonly<Record<string, unknown>> {
  const buttons: readonly Button[] = kind === "approval"
    ? APPROVAL_BUTTONS
    : choices.map((name, index) => ({ id: String(index + 1), name, style: "default" }));
  if (buttons.length === 0) return {};
  const actions = buttons.map(({ id, name, style }) => ({
    id, // The server finds letters and digits only.
    type: "button",
    name: defuseMentions(shorten(name)),
    style,
    integration: { url, context: { secret, choice: id } },
  }));
  return { attachments: [{ fallback: BUTTONS_FALLBACK, actions }] };
}

/** The same post without buttons. */
export function withoutButtons(
  message: string,
  props: Readonly<Record<string, unknown>>,
): PostChange {
  if (!("attachments" in props)) return { message };
  const { attachments: _, ...left } = props;
  return { message, props: left };
}

interface Button {
  readonly id: string;
  readonly name: string;
  readonly style: "good" | "danger" | "default";
}

function shorten(name: string): string {
  const line = name.replace(/\s+/g, " ").trim();
  return line.length <= BUTTON_CHARS_MAX ? line : `${line.slice(0, BUTTON_CHARS_MAX - 1)}…`;
}
