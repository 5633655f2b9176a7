import assert from "node:assert/strict";
import {
  deliverPost,
  type DeliveryDeps,
  type DeliveryOutcome,
  type ReplyPart,
} from "../../src/replies/deliver_post.ts";
import { OwnEchoes } from "../../src/replies/own_echoes.ts";
import { Secret } from "../../src/runtime/secret.ts";
import type { Post } from "../../src/sandbox/records.ts";
import { Lab, type Listening } from "../mattermost/support/lab.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** A sandbox in which alice has asked something, and all that answering needs. */
export class ReplyLab implements AsyncDisposable {
  readonly lab: Lab;
  readonly echoes = new OwnEchoes();
  readonly question: Post;
  readonly never = new AbortController().signal;

  static async start(): Promise<ReplyLab> {
    return new ReplyLab(await Lab.start());
  }

  private constructor(lab: Lab) {
    this.lab = lab;
    this.question = lab.sandbox.as("alice").post({ channel: "general", message: "@hermes hi" });
  }

  deps(): DeliveryDeps {
    return {
      api: this.lab.api(),
      botUserId: this.lab.botUserId,
      pendingSecret: new Secret("the secret of this test"),
      echoes: this.echoes,
      clock: this.lab.clock,
      random: seededRandom(7),
      log: this.lab.listenerDeps().log,
    };
  }

  part(change: Partial<ReplyPart> = {}): ReplyPart {
    return {
      target: { channelId: this.question.channel_id, rootId: "" },
      answerTo: this.question.id,
      index: 0,
      text: "the answer",
      ...change,
    };
  }

  /** Delivers a part that can be delivered. */
  async deliver(
    change: Partial<ReplyPart> = {},
    deps = this.deps(),
  ): Promise<DeliveryOutcome & { kind: "delivered" }> {
    const outcome = await deliverPost(this.part(change), deps, this.never);
    assert.ok(outcome.kind === "delivered");
    return outcome;
  }

  /** What the bot has posted and not deleted, oldest first. */
  answers(): Post[] {
    return [...this.lab.sandbox.world.posts.values()]
      .filter((post) => post.user_id === this.lab.botUserId && post.delete_at === 0)
      .sort((a, b) => a.create_at - b.create_at);
  }

  /** Hands the echoes of the bot's posts on, as the gateway does. */
  async hearOwnPosts(): Promise<Listening> {
    const listening = this.lab.listen({
      handle: (event) => {
        if (event.kind === "posted" && event.post.user_id === this.lab.botUserId) {
          this.echoes.note(event.post);
        }
      },
    });
    await listening.event("connected");
    return listening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab[Symbol.asyncDispose]();
  }
}
