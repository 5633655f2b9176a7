import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createMessageSender } from "../../../src/gateway/outbox/message_sender.ts";
import type { ApprovalAnswer, ApprovalRequest } from "../../../src/safety/approval_request.ts";
import { CommandGate } from "../../../src/safety/command_gate.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";
import { createSendMessageTool } from "../../../src/tools/send_message_tool.ts";
import type { ToolContext } from "../../../src/tools/tool.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { toolContext } from "../../support/tool_context.ts";
import { OutboxLab } from "./outbox_lab.ts";

/** The tool in a conversation of alice with the bot, who answers questions as `answers` say. */
class SendLab implements AsyncDisposable {
  readonly outbox: OutboxLab;
  readonly asked: ApprovalRequest[] = [];
  readonly answers: ApprovalAnswer[] = [];
  readonly allowed = new Set<string>();
  allowedChannels = new Set<string>();
  /** The time that the tool waits for the server passes at once. */
  waitsLong = false;
  readonly courier;

  static async start(): Promise<SendLab> {
    return new SendLab(await OutboxLab.start());
  }

  private constructor(outbox: OutboxLab) {
    this.outbox = outbox;
    this.courier = outbox.courier();
    for (const name of ["alice", "bob"]) this.allowed.add(outbox.lab.sandbox.user(name).id);
  }

  context(parts: Partial<ToolContext> = {}): ToolContext {
    const { sandbox } = this.outbox.lab;
    const { id } = sandbox.as("alice").direct("hermes");
    return toolContext({
      sessionKey: `agent:main:mattermost:dm:${id}` as SessionKey,
      person: { id: sandbox.user("alice").id, name: "alice" },
      askApproval: (request) => {
        this.asked.push(request);
        return Promise.resolve(this.answers.shift() ?? { kind: "denied" });
      },
      ...parts,
    });
  }

  /** What the model reads. */
  async run(
    input: { action?: "send" | "list"; target?: string; message?: string },
    context: ToolContext = this.context(),
  ): Promise<string> {
    const { outbox } = this;
    const deps = outbox.deps();
    const tool = createSendMessageTool(createMessageSender({
      ...deps,
      courier: this.courier.courier,
      clock: this.waitsLong ? deps.clock : outbox.clock.forRequests(),
      gate: this.#gate,
      homeName: "Headquarters",
      policy: {
        allowAllUsers: false,
        allowedUsers: this.allowed,
        bots: { mode: "none", userIds: new Set() },
        allowedChannels: this.allowedChannels,
      },
      allowFile: (path) =>
        Promise.resolve(
          path.includes("secret")
            ? { kind: "refused", reason: "it is closed" }
            : { kind: "allowed", realPath: path },
        ),
    }));
    try {
      return await tool.run({ action: "send", ...input }, context, outbox.never);
    } catch (error) {
      return String(error);
    }
  }

  readonly #gate = new CommandGate({
    settings: { mode: "manual", timeoutMs: 1_000, jobMode: "deny", allowedPatterns: [] },
    places: { userHome: "/home/alice", hermesHome: "/home/alice/.hermes", writeRoot: undefined },
    allowAlways: () => Promise.resolve(),
    log: () => {},
  });

  async [Symbol.asyncDispose](): Promise<void> {
    await this.outbox[Symbol.asyncDispose]();
  }
}

const YES: ApprovalAnswer = { kind: "allowed", scope: "once" };

test("[P243] send_message posts where the person who asks may write, and gives the post's id", async () => {
  await using lab = await SendLab.start();
  lab.answers.push(YES);
  const result = await lab.run({ target: "~general", message: "done" });
  const [post] = lab.outbox.posts();
  assert.equal(post?.message, "done");
  assert.equal(result, `Sent to ~general (post id ${post?.id}).`);
  assert.equal(lab.asked[0]?.command, "send_message to ~general\n\ndone");
  assert.deepEqual(lab.asked[0]?.reasons, ["posts in ~general, where others read it"]);
});

test("[P243] send_message asks nobody for the conversation itself, the home channel and oneself", async () => {
  await using lab = await SendLab.start();
  const { sandbox } = lab.outbox.lab;
  const general = sandbox.world.channelNamed("general")?.id ?? "";
  lab.outbox.home.move({ channelId: general, threadId: undefined });
  assert.match(await lab.run({ target: "home", message: "to home" }), /^Sent to ~general/);
  assert.match(await lab.run({ target: "@alice", message: "to alice" }), /^Sent to @alice/);
  const town = sandbox.world.channelNamed("town-square")?.id ?? "";
  const inTown = lab.context({
    sessionKey: `agent:main:mattermost:channel:${town}:someone` as SessionKey,
  });
  const here = await lab.run({ target: "~town-square", message: "here" }, inTown);
  assert.match(here, /^Sent to ~town-square/);
  assert.deepEqual(lab.asked, []);
  assert.deepEqual(lab.outbox.texts(), ["to home", "to alice", "here"]);
});

test("[P243] send_message reaches no place that is closed to the person, and nothing without a yes", async () => {
  await using lab = await SendLab.start();
  const { sandbox } = lab.outbox.lab;
  const mallory = { id: sandbox.user("mallory").id, name: "mallory" };
  lab.outbox.home.move({
    channelId: sandbox.world.channelNamed("secret")?.id ?? "",
    threadId: undefined,
  });
  const refusals = [
    [await lab.run({ target: "~general", message: "x" }), /did not allow it/],
    [
      await lab.run({ target: "@mallory", message: "x" }),
      /@mallory is not among those who may talk/,
    ],
    [await lab.run({ target: "@nobody", message: "x" }), /nobody called @nobody/],
    [await lab.run({ target: "~nowhere", message: "x" }), /there is no channel ~nowhere/],
    [await lab.run({ target: "general", message: "x" }), /write ~general for a channel/],
    [await lab.run({ target: "origin", message: "x" }), /appears in this conversation by itself/],
    [await lab.run({ message: "x" }), /No target is named/],
    [await lab.run({ target: "~general", message: " " }), /message is empty/],
    [
      await lab.run({ target: "lab/secret", message: "x" }, lab.context({ person: mallory })),
      /mallory, who asks for it, is not in ~secret/,
    ],
    [
      await lab.run({ target: "home", message: "x" }, lab.context({ person: mallory })),
      /mallory, who asks for it, is not in ~secret/,
    ],
    [
      await lab.run({ target: "~general", message: "x" }, lab.context({ person: undefined })),
      /only the home channel can be written to/,
    ],
    [await lab.run({ target: "home", message: "MEDIA:/etc/secret.key" }), /it is closed/],
  ] as const;
  for (const [said, reason] of refusals) assert.match(said, reason);
  lab.allowedChannels = new Set(["somewhere-else"]);
  assert.match(await lab.run({ target: "~general", message: "x" }), /do not let the bot speak in/);
  assert.deepEqual(lab.outbox.posts(), []);
});

test("[P243] send_message asks once for what is allowed for the session, and sends the same thing once", async () => {
  await using lab = await SendLab.start();
  lab.answers.push({ kind: "allowed", scope: "session" });
  await using files = await tempDir();
  const path = join(files.path, "report.csv");
  await writeFile(path, "a,b");
  const message = `the report\nMEDIA:${path}`;
  const first = await lab.run({ target: "~general", message });
  assert.equal(await lab.run({ target: "~general", message }), first, "a turn that is done again");
  assert.equal(lab.outbox.posts().length, 2);
  assert.deepEqual(lab.outbox.texts(), ["the report", ""]);
  assert.match(await lab.run({ target: "~general", message: "more" }), /^Sent/);
  assert.equal(lab.asked.length, 1);
  lab.outbox.clock.advance(600_000);
  assert.notEqual(await lab.run({ target: "~general", message: "more" }), first);
  assert.equal(lab.outbox.texts().filter((text) => text === "more").length, 2);
});

test("[P243] send_message says when it cannot be sent now, keeps it, and lists where one may send to", async () => {
  await using lab = await SendLab.start();
  const { sandbox } = lab.outbox.lab;
  lab.outbox.home.move({ channelId: "anywhere", threadId: undefined });
  const list = await lab.run({ action: "list" });
  assert.match(
    list,
    /^You may send to:\n- home: Headquarters\n- lab\/town-square: ~town-square\n- lab\/general/,
  );
  assert.match(list, /lab\/secret/);
  const mallory = { id: sandbox.user("mallory").id, name: "mallory" };
  assert.doesNotMatch(
    await lab.run({ action: "list" }, lab.context({ person: mallory })),
    /secret/,
  );
  sandbox.faults.rest = [{
    method: "POST",
    path: /^\/posts$/,
    answer: { kind: "html", status: 503 },
  }];
  lab.waitsLong = true;
  const said = await lab.run({ target: "@alice", message: "later" });
  assert.match(said, /^Not sent yet: .* It is kept, and sent to @alice as soon as/);
  sandbox.faults.rest = [];
  await sandbox.posted((post) => post.message === "later");
});
