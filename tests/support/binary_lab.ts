import { systemClock } from "../../src/runtime/clock.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import type { Post } from "../../src/sandbox/records.ts";
import { type SandboxOptions, SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { GatewayProcess, type GatewaySetup, type Workplace } from "./gateway_process.ts";
import { ModelServer } from "./model_server.ts";

/**
 * A sandbox on real time, a model, and the gateways between them. People act by `sandbox.as(...)`,
 * which needs no server that is up and no certificate that is trusted.
 */
export class BinaryLab implements AsyncDisposable {
  readonly sandbox: SandboxServer;
  readonly model: ModelServer;

  static async open(options: Partial<SandboxOptions> = {}): Promise<BinaryLab> {
    const deps = { clock: systemClock, random: systemRandom };
    const sandbox = SandboxServer.start({ ...deps, ...options });
    return new BinaryLab(await sandbox, await ModelServer.start());
  }

  private constructor(sandbox: SandboxServer, model: ModelServer) {
    this.sandbox = sandbox;
    this.model = model;
  }

  get workplace(): Workplace {
    const { sandbox } = this;
    return {
      url: sandbox.url,
      bot: { token: sandbox.token("hermes").reveal() },
      alice: sandbox.user("alice"),
      bob: sandbox.user("bob"),
    };
  }

  start(setup?: GatewaySetup): Promise<GatewayProcess> {
    return GatewayProcess.start(this.workplace, this.model, setup);
  }

  connected(setup?: GatewaySetup): Promise<GatewayProcess> {
    return GatewayProcess.connected(this.workplace, this.model, setup);
  }

  /** Somebody writes to the bot directly and waits for the answer. Gives the text of it. */
  async ask(gateway: GatewayProcess, username: string, message: string): Promise<string> {
    const asked = this.sandbox.as(username).dm("hermes", message);
    await gateway.answered(asked.id);
    return this.answersTo(asked).map((post) => post.message).join("\n");
  }

  /** The posts that answer `asked`, in the order of their creation. */
  answersTo(asked: Post): Post[] {
    return [...this.sandbox.world.posts.values()].filter((post) =>
      post.delete_at === 0 && isAnswer(post, asked)
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.sandbox.close(), this.model.close()]);
  }
}

/** Whether `post` bears the marker of an answer to `asked`. */
export function isAnswer(post: Post, asked: Post): boolean {
  const { hermes } = post.props;
  return typeof hermes === "object" && hermes !== null && "re" in hermes && hermes.re === asked.id;
}
