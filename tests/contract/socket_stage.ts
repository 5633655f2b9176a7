import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { SandboxSocket } from "../sandbox/sandbox_client.ts";

/** A sandbox with the bot and alice connected, as in the recordings. */
export class SocketStage {
  readonly sandbox: SandboxServer;
  readonly bot: SandboxSocket;
  readonly alice: SandboxSocket;
  #pings = 1000;

  private constructor(sandbox: SandboxServer) {
    this.sandbox = sandbox;
    this.bot = SandboxSocket.as(sandbox, "hermes");
    this.alice = SandboxSocket.as(sandbox, "alice");
  }

  static async open(sandbox: SandboxServer): Promise<SocketStage> {
    const stage = new SocketStage(sandbox);
    await stage.settle();
    return stage;
  }

  /** Everything sent up to now has arrived when this resolves. */
  async settle(): Promise<void> {
    for (const socket of [this.bot, this.alice]) {
      await socket.event("hello");
      await socket.ping(this.#pings++);
    }
  }

  /** What a client saw since `from`, without the replies to our own pings, as text. */
  textsSince(socket: SandboxSocket, from: number): string[] {
    return socket.texts.slice(from).filter((text) => !text.includes('"pong"'));
  }

  close(): void {
    this.bot.close();
    this.alice.close();
  }
}
