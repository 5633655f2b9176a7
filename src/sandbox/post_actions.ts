// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { callIntegration } from "./call_integration.ts";
import { whisper } from "./ephemeral.ts";
import type { SandboxParts } from "./parts.ts";
import type { Post, PostAction, User } from "./records.ts";
import { permissionRefusal, Refusal } from "./refusal.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Somebody presses a button of a post, or picks from its menu. Returns the id of the press. @throws Refusal */
export async function press(
  { postId, actionId, selected }: { postId: string; actionId: string; selected?: string },
  user: User,
  parts: SandboxParts,
): Promise<string> {
  const { world, signer } = parts;
  const post = world.posts.get(postId);
  const channel = world.channels.get(post?.channel_id ?? "");
  if (post === undefined || channel === undefined || post.delete_at > 0) {
    throw new Refusal(404, "app.post.get.app_error");
  }
  if (!world.canRead(user.id, channel)) throw permissionRefusal();
  const action = post.actions.get(actionId);
  if (action === undefined) throw new Refusal(404, "api.post.do_action.action_id.app_error");
  const id = world.newId();
  const team = world.teams.get(channel.team_id);
  const answer = await callIntegration({
    method: "POST",
    url: action.url,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      user_id: user.id,
      user_name: user.username,
      channel_id: channel.id,
      channel_name: channel.name,
      team_id: channel.team_id,
      team_domain: team?.name ?? "",
      post_id: post.id,
      trigger_id: signer.sign({ id, userId: user.id, atMs: world.nowMs() }),
      type: action.type,
      data_source: "",
      context: selected === undefined
        ? action.context
        : { ...action.context, selected_option: selected },
    }),
  }, parts);
  const fields = answer?.status === 200 ? fieldsOf(answer.text) : undefined;
  if (fields === undefined) {
    throw new Refusal(400, "api.post.do_action.action_integration.app_error");
  }
  follow(fields, post, user, parts);
  return id;
}

function fieldsOf(text: string): Fields | undefined {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The one who pressed is told that the integration failed.
  }
}

function follow(fields: Fields, post: Post, user: User, parts: SandboxParts): void {
  const update = fields.update as Fields | undefined;
  if (update !== undefined && update !== null) {
    parts.posting.edit(post.id, {
      message: typeof update.message === "string" ? update.message : "",
      ...(update.props === undefined ? {} : { props: update.props as Fields }),
    }, post.user_id);
  }
  const { ephemeral_text: text } = fields;
  if (typeof text !== "string" || text === "") return;
  const place = { channelId: post.channel_id, rootId: post.root_id || post.id };
  whisper({ ...place, userId: user.id, message: text, props: {} }, parts);
}

/** What the server keeps of the actions of a post's attachments, and never shows. */
export function actionsOf(attachments: unknown): Map<string, PostAction> {
  const found = new Map<string, PostAction>();
  for (const attachment of Array.isArray(attachments) ? attachments as Fields[] : []) {
    const { actions } = attachment;
    for (const action of Array.isArray(actions) ? actions as Fields[] : []) {
      const integration = action.integration as Fields | undefined;
      if (typeof action.id !== "string" || typeof integration?.url !== "string") continue;
      found.set(action.id, {
        type: typeof action.type === "string" ? action.type : "button",
        url: integration.url,
        context: integration.context as Fields ?? {},
      });
    }
  }
  return found;
}
