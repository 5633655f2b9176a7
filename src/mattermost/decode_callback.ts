import { asObject, asText, parseJson } from "./decode.ts";

/** What the server sends when somebody uses a slash command. Source: app/command.go. */
export interface CommandCall extends CallOrigin {
  /** Without the slash, in lower case. */
  readonly trigger: string;
  /** What follows the name. */
  readonly text: string;
  /** Thread in which it was typed, or `""`. */
  readonly rootId: string;
  /** Where later answers go, as the server calls itself. */
  readonly responseUrl: string;
}

/** What the server sends when somebody presses a button. Source: app/integration_action.go. */
export interface PressCall extends CallOrigin {
  readonly postId: string;
  /** What the button was made with; it never leaves the server. */
  readonly context: Readonly<Record<string, unknown>>;
}

interface CallOrigin {
  readonly userId: string;
  readonly userName: string;
  readonly teamId: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly triggerId: string;
}

/** The form of a slash command; `undefined` when it is none. */
export function decodeCommandCall(body: string): CommandCall | undefined {
  const form = new URLSearchParams(body);
  const field = (name: string) => form.get(name) ?? "";
  const call = {
    ...originOf(field),
    trigger: field("command").replace(/^\//, "").toLowerCase(),
    text: field("text").trim(),
    rootId: field("root_id"),
    responseUrl: field("response_url"),
  };
  return isComplete(call) && call.trigger !== "" ? call : undefined;
}

/** The JSON of a pressed button; `undefined` when it is none. */
export function decodePressCall(body: string): PressCall | undefined {
  const fields = asObject(parseJson(body));
  const field = (name: string) => asText(fields?.[name]);
  const call = {
    ...originOf(field),
    postId: field("post_id"),
    context: asObject(fields?.context) ?? {},
  };
  return isComplete(call) && call.postId !== "" ? call : undefined;
}

function originOf(field: (name: string) => string): CallOrigin {
  return {
    userId: field("user_id"),
    userName: field("user_name"),
    teamId: field("team_id"),
    channelId: field("channel_id"),
    channelName: field("channel_name"),
    triggerId: field("trigger_id"),
  };
}

function isComplete({ userId, channelId, triggerId }: CallOrigin): boolean {
  return [userId, channelId, triggerId].every((text) => text !== "");
}
