import { type DeliveryDeps, type ReplyTarget } from "../../replies/deliver_post.ts";
import { editPost } from "../../replies/edit_post.ts";
import { findMarkedPosts } from "../../replies/find_reply_posts.ts";
import { QUESTION_MARK } from "./chat_asker.ts";
import { withoutButtons } from "./question_buttons.ts";
import { droppedText, isOpenText } from "./question_texts.ts";

/**
 * Makes the questions that a turn had open when the process died say that they do not stand any
 * more. The turn is taken up again, and asks anew if it still has to.
 */
export async function dropOldQuestions(
  answerTo: string,
  target: ReplyTarget,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  for await (const { post, re } of findMarkedPosts(answerTo, target, deps, signal)) {
    if (!re.startsWith(`${answerTo}.${QUESTION_MARK}`) || !isOpenText(post.message)) continue;
    const dropped = withoutButtons(droppedText(post.message), post.props);
    await editPost(post.id, dropped, deps, signal);
  }
}
