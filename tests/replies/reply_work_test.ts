import assert from "node:assert/strict";
import { test } from "node:test";
import { type ReplyOptions, ReplyWriter } from "../../src/replies/reply_writer.ts";
import { ToolProgress } from "../../src/replies/tool_progress.ts";
import type { Post } from "../../src/sandbox/records.ts";
import { ReplyLab } from "./support.ts";

const LIMIT = { status: 400, id: "api.post.update_post.permissions_time_limit.app_error" };
const FORBIDDEN = { status: 403, id: "api.context.permissions.app_error" };

/** A turn as its writer sees it. */
class Turn {
  readonly #replies: ReplyLab;
  readonly writer: ReplyWriter;
  #calls = 0;

  constructor(replies: ReplyLab, options: Partial<ReplyOptions> = {}) {
    this.#replies = replies;
    const { id, channel_id: channelId } = replies.question;
    const redact = (text: string) => text;
    const mode = { mode: "all", previewCharsMax: 40, redact } as const;
    this.writer = new ReplyWriter({
      target: { channelId, rootId: "" },
      answerTo: id,
      existing: new Map(),
      runesMax: 16_383,
      streaming: true,
      showsReasoning: false,
      progress: new ToolProgress(mode, replies.lab.clock),
      freshAfterMs: 60_000,
      redact,
      ...options,
    }, replies.deps());
  }

  say(text: string): void {
    this.writer.show({ kind: "text_delta", text }, this.#replies.never);
  }

  /** The step ends with `text`, and with a call of the terminal. Gives a function that ends that. */
  call(command: string, text = ""): () => void {
    const id = `call_${this.#calls++}`;
    const call = { id, name: "terminal", arguments: { command } };
    const { never } = this.#replies;
    const message = { role: "assistant", text, toolCalls: [call] } as const;
    this.writer.show({ kind: "message", message }, never);
    this.writer.show({ kind: "tool_started", callId: id, name: "terminal" }, never);
    return () => {
      const ended = { kind: "tool_ended", callId: id, name: "terminal", isError: false } as const;
      this.writer.show(ended, never);
    };
  }

  end(text: string): void {
    const message = { role: "assistant", text, toolCalls: [] } as const;
    this.writer.show({ kind: "message", message }, this.#replies.never);
  }

  /** Says all of it at once, and ends. */
  async answer(text: string): Promise<readonly string[]> {
    this.say(text);
    this.end(text);
    return await this.writer.finish("", this.#replies.never);
  }

  /** Lets time pass while nothing is on its way to the server. */
  async passes(durationMs: number): Promise<void> {
    const { clock } = this.#replies.lab;
    await clock.sleeperFor(1_000, 1_000);
    clock.advance(durationMs);
  }

  /** Lets a second pass, and waits for the post that says this then. */
  async shows(message: string): Promise<Post> {
    await this.passes(1_000);
    return await this.#replies.lab.sandbox.posted((post) =>
      post.message === message && post.delete_at === 0
    );
  }
}

const said = (replies: ReplyLab) => replies.answers().map((post) => post.message);

test("[P202] ReplyWriter shows what tools do in the post of the answer, and folds it there", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  const endOne = turn.call("ls", "Let me look.");
  const post = await turn.shows("Let me look.\n\n💻 terminal `ls` …");
  endOne();
  const endTwo = turn.call("cat notes");
  await turn.shows("Let me look.\n\n💻 terminal `ls`\n💻 terminal `cat notes` …");
  endTwo();
  assert.deepEqual(await turn.answer("Nothing there."), [post.id]);
  assert.deepEqual(said(replies), ["Let me look.\n\nNothing there.\n\n*🔧 terminal ×2 · 2 s*"]);
});

test("[P202] ReplyWriter tells nothing of tools that were through before anybody saw them", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  turn.call("ls")();
  await turn.answer("Quick.");
  assert.deepEqual(said(replies), ["Quick."]);
});

test("[P202] ReplyWriter shows what tools do also when the answer does not grow", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies, { streaming: false });
  turn.say("Let me look.");
  const end = turn.call("ls", "Let me look.");
  await turn.shows("💻 terminal `ls` …");
  end();
  await turn.answer("Nothing.");
  assert.deepEqual(said(replies), ["Let me look.\n\nNothing.\n\n*🔧 terminal · 1 s*"]);
});

test("[P202] ReplyWriter keeps only the answer when what is said before tools is to pass", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies, { dropsInterim: true });
  const end = turn.call("ls", "Let me look.");
  const post = await turn.shows("Let me look.\n\n💻 terminal `ls` …");
  end();
  turn.say("Nothing ");
  await turn.shows("Nothing\n\n*🔧 terminal · 1 s*");
  turn.end("Nothing there.");
  assert.deepEqual(await turn.writer.finish("", replies.never), [post.id]);
  assert.deepEqual(said(replies), ["Nothing there.\n\n*🔧 terminal · 1 s*"]);
});

test("[P202] ReplyWriter shows what was to pass when no answer follows", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies, { dropsInterim: true });
  turn.call("ls", "Let me look.")();
  await turn.answer("");
  assert.deepEqual(said(replies), ["Let me look."]);
});

test("[P203] ReplyWriter posts the answer anew after long work, so that people are notified", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  const end = turn.call("make", "I build it.");
  const work = await turn.shows("I build it.\n\n💻 terminal `make` …");
  await turn.passes(90_000);
  end();
  turn.say("It is ");
  const fresh = await turn.shows("It is ");
  turn.end("It is built.");
  assert.deepEqual(await turn.writer.finish("", replies.never), [work.id, fresh.id]);
  assert.deepEqual(said(replies), ["I build it.\n\n*🔧 terminal · 91 s*", "It is built."]);
});

test("[P203] ReplyWriter says that an answer takes long in one line, and posts the answer below it", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  turn.writer.showSlow(180_000, replies.never);
  const post = await turn.shows("*⏳ Still working, for 3 min now.*");
  await turn.passes(180_000);
  turn.writer.showSlow(360_000, replies.never);
  await turn.shows("*⏳ Still working, for 6 min now.*");
  const ids = await turn.answer("At last.");
  assert.equal(ids[0], post.id);
  assert.deepEqual(said(replies), ["*⏳ This took more than 6 min.*", "At last."]);
});

test("[P203] ReplyWriter puts the line below the answer when that comes soon after it", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  turn.writer.showSlow(180_000, replies.never);
  const post = await turn.shows("*⏳ Still working, for 3 min now.*");
  assert.deepEqual(await turn.answer("At last."), [post.id]);
  assert.deepEqual(said(replies), ["At last.\n\n*⏳ This took more than 3 min.*"]);
});

test("[P202] ReplyWriter goes on below a question, and leaves what stands above it complete", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  const end = turn.call("rm notes", "I clean up.");
  const above = await turn.shows("I clean up.\n\n💻 terminal `rm notes` …");
  turn.writer.cut();
  end();
  const [first, second] = await turn.answer("Done.");
  assert.equal(first, above.id);
  assert.notEqual(second, above.id);
  assert.deepEqual(said(replies), ["I clean up.\n\n*🔧 terminal · 1 s*", "Done."]);
});

test("[P202] ReplyWriter makes one post of an answer of which nothing stood above the question", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  const end = turn.call("rm notes", "I clean up.");
  turn.writer.cut();
  end();
  await turn.answer("Done.");
  assert.deepEqual(said(replies), ["I clean up.\n\nDone."]);
});

test("[P201] ReplyWriter loses nothing of an answer whose post with the work in it is locked", async () => {
  for (const refusal of [LIMIT, FORBIDDEN]) {
    await using replies = await ReplyLab.start();
    const { clock, sandbox } = replies.lab;
    const turn = new Turn(replies);
    const end = turn.call("ls", "Let me look.");
    await turn.shows("Let me look.\n\n💻 terminal `ls` …");
    sandbox.faults.patch = refusal;
    end();
    turn.say("💻 terminal says ");
    turn.end("💻 terminal says nothing.");
    const finished = turn.writer.finish("", replies.never);
    if (refusal === FORBIDDEN) {
      await clock.sleeperFor(1_000, 1_000);
      clock.advance(1_000);
    }
    await finished;
    assert.deepEqual(said(replies), [
      "Let me look.\n\n💻 terminal `ls` …",
      "💻 terminal says nothing.",
    ]);
  }
});

test("[P201] ReplyWriter shows no more of the work when a post with it is locked, and goes on growing", async () => {
  await using replies = await ReplyLab.start();
  const { sandbox } = replies.lab;
  const turn = new Turn(replies);
  let end = turn.call("make", "I build it.");
  await turn.shows("I build it.\n\n💻 terminal `make` …");
  await turn.passes(40_000);
  sandbox.faults.patch = LIMIT;
  for (const command of ["make test", "make install"]) {
    end();
    end = turn.call(command);
    await turn.passes(1_000);
  }
  end();
  turn.say("It is ");
  await turn.shows("It is ");
  turn.end("It is built.");
  sandbox.faults.patch = undefined;
  await turn.writer.finish("", replies.never);
  assert.deepEqual(said(replies), ["I build it.\n\n💻 terminal `make` …", "It is built."]);
});

test("[P201] ReplyWriter posts the rest once when it may not edit, not a piece each second", async () => {
  await using replies = await ReplyLab.start();
  const { clock, sandbox } = replies.lab;
  const turn = new Turn(replies);
  turn.say("word ");
  await turn.shows("word ");
  sandbox.faults.patch = LIMIT;
  let text = "word ";
  for (let second = 0; second < 20; second++) {
    text += `${second} `;
    turn.say(`${second} `);
    await clock.sleeperFor(1_000, 1_000);
    clock.advance(1_000);
  }
  turn.end(`${text}end`);
  await turn.writer.finish("", replies.never);
  assert.ok(said(replies).length <= 3, said(replies).join("|"));
  assert.equal(said(replies).join(""), `${text}end`);
});

test("[P201] ReplyWriter makes at most 60 edits of an answer that takes a minute, and ends exact", async () => {
  await using replies = await ReplyLab.start();
  const { clock, sandbox } = replies.lab;
  const turn = new Turn(replies, { runesMax: 700 });
  let text = "";
  for (let tenth = 0; tenth < 600; tenth++) {
    text += `word${tenth} `;
    turn.say(`word${tenth} `);
    await clock.sleeperFor(1, 1_000);
    clock.advance(100);
  }
  turn.end(text);
  await turn.writer.finish("", replies.never);
  const edits = sandbox.requests.filter(({ path }) => path.endsWith("/patch"));
  assert.ok(edits.length <= 60, `${edits.length} edits`);
  assert.ok(edits.length >= 30, `${edits.length} edits`);
  assert.equal(said(replies).join("").replaceAll(/\s+/g, " "), text);
});

test("[P204] ReplyWriter posts nothing of a wish to say nothing, also while it grows", async () => {
  await using replies = await ReplyLab.start();
  const { clock } = replies.lab;
  const turn = new Turn(replies);
  for (const piece of ["[SI", "LENT", "]\n"]) {
    turn.say(piece);
    await clock.sleeperFor(1_000, 1_000);
    clock.advance(1_000);
  }
  turn.end("[SILENT]\n");
  assert.deepEqual(await turn.writer.finish("", replies.never), []);
  assert.deepEqual(replies.lab.requested(/^\/posts$/), []);
});

test("[P204] ReplyWriter takes away what it showed of tools when nothing is said in the end", async () => {
  await using replies = await ReplyLab.start();
  const turn = new Turn(replies);
  const end = turn.call("ls");
  await turn.shows("💻 terminal `ls` …");
  end();
  await turn.answer("[SILENT]");
  assert.deepEqual(said(replies), []);
});

test("[P204] ReplyWriter posts an answer that only begins like the wish, or has it in a sentence", async () => {
  for (const text of ["[SILENT] is the word.", "Say NO_REPLY then.", "[SI] units", "silent"]) {
    await using replies = await ReplyLab.start();
    await new Turn(replies).answer(text);
    assert.deepEqual(said(replies), [text]);
  }
});
