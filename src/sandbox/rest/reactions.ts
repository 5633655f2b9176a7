import { reactionBody } from "../bodies.ts";
import { permissionRefusal, Refusal } from "../refusal.ts";
import { readablePost } from "./posts.ts";
import type { SandboxParts } from "../parts.ts";
import {
  type Answer,
  asker,
  type Call,
  json,
  objectBody,
  type Route,
  STATUS_OK,
  textField,
  userIdOf,
} from "./route.ts";

/** Reactions to posts. */
export const REACTION_ROUTES: readonly Route[] = [
  { method: "POST", path: "/reactions", handle: addReaction },
  { method: "GET", path: "/posts/{post}/reactions", handle: getReactions },
  {
    method: "DELETE",
    path: "/users/{user}/posts/{post}/reactions/{emoji:[^/]+}",
    handle: removeReaction,
  },
];

function addReaction(call: Call, { reactions, world }: SandboxParts): Answer {
  const body = objectBody(call, "reaction");
  const [userId, postId, name] = ["user_id", "post_id", "emoji_name"]
    .map((key) => textField(body, key)) as [string, string, string];
  if (userId === "" || postId === "" || name === "") {
    throw new Refusal(400, "api.reaction.save_reaction.invalid.app_error");
  }
  if (userId !== asker(call).id) {
    throw new Refusal(403, "api.reaction.save_reaction.user_id.app_error");
  }
  if (!world.posts.has(postId)) throw permissionRefusal();
  if (!EMOJI_NAMES.has(name)) throw new Refusal(404, "app.emoji.get_by_name.no_result");
  return json(reactionBody(reactions.add(postId, name, userId)));
}

function getReactions(call: Call, { world }: SandboxParts): Answer {
  const post = readablePost(call, world);
  const reactions = world.reactions.filter((reaction) => reaction.post_id === post.id);
  return json(reactions.map(reactionBody));
}

function removeReaction(call: Call, { reactions }: SandboxParts): Answer {
  if (userIdOf(call) !== asker(call).id) throw permissionRefusal();
  reactions.remove(call.params.post ?? "", call.params.emoji ?? "", asker(call).id);
  return STATUS_OK;
}

/** Names the sandbox knows, of some 1800 on the server: those a chat is likely to see. */
const EMOJI_NAMES = new Set(
  `+1 -1 100 arrows_counterclockwise ballot_box_with_check brain clap eyes exclamation fire
  one two three four five six seven eight nine hammer_and_wrench heart heavy_check_mark hourglass hourglass_flowing_sand infinity mag memo no_entry
  octagonal_sign ok_hand pray question raised_hand repeat robot rocket smile stop_sign tada
  thinking thumbsdown thumbsup warning wave white_check_mark wrench x`.split(/\s+/),
);
