import assert from "node:assert/strict";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { defineApprovalScenarios } from "./approval_scenarios.ts";
import { defineBusyScenarios } from "./busy_scenarios.ts";
import type { SeenPost } from "./chat_person.ts";
import { defineCommandScenarios } from "./command_scenarios.ts";
import type { ChatWorld } from "./chat_world.ts";
import { defineCronScenarios } from "./cron_scenarios.ts";
import { defineFeedbackScenarios } from "./feedback_scenarios.ts";
import { GatewayProcess, type GatewaySetup, type LogLine } from "./gateway_process.ts";
import { ModelServer, userTexts } from "./model_server.ts";
import { defineNativeScenarios } from "./native_scenarios.ts";
import { defineOutboxScenarios } from "./outbox_scenarios.ts";
import { defineThreadScenarios } from "./thread_scenarios.ts";
import { docxWith, pdfWith, PNG } from "./sample_files.ts";

/**
 * What every Mattermost must see of the bot, driven through the compiled binary: the sandbox runs it
 * in every build, `deno task test:real` runs it against a server.
 */
export function defineScenarios(openWorld: () => Promise<ChatWorld>): void {
  let world: ChatWorld;
  let model: ModelServer;
  before(async () => {
    [world, model] = await Promise.all([openWorld(), ModelServer.start()]);
  });
  after(async () => {
    await Promise.all([world[Symbol.asyncDispose](), model.close()]);
  });
  const echo = new ModelServer().answer;

  /** Starts a gateway on a fresh home with a model that tells what it heard. */
  function start(setup: GatewaySetup = {}): Promise<GatewayProcess> {
    model.answer = echo;
    model.requests.length = 0;
    return GatewayProcess.connected(world, model, setup);
  }
  const mention = (text: string) => `@${world.bot.username} ${text}`;

  const stage = { world: () => world, model: () => model, start };
  defineApprovalScenarios(stage);
  defineThreadScenarios(stage);
  defineCommandScenarios(stage);
  defineOutboxScenarios(stage);
  defineFeedbackScenarios(stage);
  defineCronScenarios(stage);
  defineNativeScenarios(stage);
  defineBusyScenarios(stage);

  test("[P01] a direct message is answered without a mention", async () => {
    await using _gateway = await start();
    const asked = await world.alice.post(await world.alice.direct(world.bot.id), "good morning");
    const answer = await world.alice.seesAnswer(world.bot.id, asked);
    assert.equal(answer.message, "heard: good morning");
    assert.equal(answer.root_id, "");
  });

  test("[P150] texts, documents and images reach the model, also without a word beside them", async () => {
    await using _gateway = await start();
    const directId = await world.alice.direct(world.bot.id);
    const asked = await world.alice.postFiles(directId, "", {
      "notes.txt": "The key is under the mat.\n",
      "paper.pdf": pdfWith("Hello from a PDF"),
      "letter.docx": docxWith("Dear Alice", "See you in Rome"),
      "dot.png": PNG,
    });
    await world.alice.seesAnswer(world.bot.id, asked);
    const [request] = model.requests;
    const told = request === undefined ? "" : userTexts(request).join("\n");
    assert.match(told, /"notes\.txt" \(text\/plain, 26 bytes\).*\nThe key is under the mat\./);
    assert.match(told, /"paper\.pdf" \(application\/pdf,[^]*Hello from a PDF/);
    assert.match(told, /"letter\.docx"[^]*Dear Alice\nSee you in Rome/);
    const image = `data:image/png;base64,${Buffer.from(PNG).toString("base64")}`;
    assert.ok(request?.body.includes(image));
  });

  test("[P151] a file that cannot be used is told of, and the rest is answered", async () => {
    await using _gateway = await start({ yaml: "gateway:\n  max_inbound_media_bytes: 2000\n" });
    const directId = await world.alice.direct(world.bot.id);
    const asked = await world.alice.postFiles(directId, "what is in them?", {
      "large.txt": "x".repeat(3_000),
      "torn.pdf": pdfWith("torn").slice(0, 60),
      "good.txt": "fine",
    });
    const answer = await world.alice.sees(
      (post) =>
        post.user_id === world.bot.id && post.create_at >= asked.create_at &&
        /fetch/.test(post.message),
      "what could not be used",
    );
    assert.match(answer.message, /I could not fetch "large\.txt": .*larger than/);
    assert.match(answer.message, /I could not read "torn\.pdf", because/);
    assert.match(userTexts(model.requests[0] ?? { messages: [] } as never).join(), /fine/);
  });

  test("[P152] [C34] files that the answer names are posted below it, ten to a post, and only from where they may", async () => {
    const home = await mkdtemp(join(tmpdir(), "hermes-home-"));
    const workspace = join(home, "workspace");
    await mkdir(workspace);
    const paths = Array.from({ length: 11 }, (_, index) => join(workspace, `result ${index}.txt`));
    await Promise.all(paths.map((path, index) => writeFile(path, `number ${index}`)));
    await using _gateway = await start({ home });
    const lines = [...paths, join(home, ".env"), "/etc/hostname"].map((path) => `MEDIA:${path}`);
    model.answer = () => ({ kind: "text", text: `Here they are.\n${lines.join("\n")}\nDone.` });
    const directId = await world.alice.direct(world.bot.id);
    const asked = await world.alice.post(directId, "send them");
    const isAnswer = (post: SeenPost) =>
      post.user_id === world.bot.id && post.create_at >= asked.create_at;
    const told = await world.alice.sees(
      (post) => isAnswer(post) && /could not send/.test(post.message),
      "what was not sent",
    );
    assert.match(told.message, /^Here they are\.\nDone\./);
    assert.match(told.message, /could not send "\.env": it may hold keys or passwords/);
    assert.match(told.message, /could not send "hostname": it lies outside/);
    const posts = (await world.alice.posts(directId)).filter(isAnswer);
    assert.deepEqual(posts.map((post) => post.file_ids?.length ?? 0), [0, 10, 1]);
    const sent = await Promise.all(
      posts.flatMap((post) => post.file_ids ?? []).map((id) => world.alice.download(id)),
    );
    const texts = sent.map((bytes) => new TextDecoder().decode(bytes)).toSorted();
    assert.deepEqual(texts, paths.map((_, index) => `number ${index}`).toSorted());
  });

  test("[P152] an answer that is nothing but a file is posted as that file", async () => {
    const home = await mkdtemp(join(tmpdir(), "hermes-home-"));
    await mkdir(join(home, "workspace"));
    const path = join(home, "workspace", "chart.png");
    await writeFile(path, PNG);
    await using _gateway = await start({ home });
    model.answer = () => ({ kind: "text", text: `MEDIA:${path}` });
    const asked = await world.alice.post(world.publicChannelId, mention("a chart"));
    const answer = await world.alice.seesAnswer(world.bot.id, asked);
    assert.deepEqual([answer.message, answer.file_ids?.length], ["", 1]);
  });

  test("[P150] a model that refuses images is told of them instead, and not asked again", async () => {
    await using _gateway = await start();
    model.answer = (request) =>
      request.body.includes('"type":"image_url"')
        ? { kind: "failure", status: 400, message: "this model does not support image input" }
        : echo(request);
    const directId = await world.alice.direct(world.bot.id);
    for (const count of [2, 3]) {
      const asked = await world.alice.postFiles(directId, `look ${count}`, { "dot.png": PNG });
      const answer = await world.alice.seesAnswer(world.bot.id, asked);
      assert.match(answer.message, /Image, which you cannot see: dot\.png/);
      assert.equal(model.requests.length, count);
    }
  });

  test("[P02] a mention is answered in a public, a private and a group channel, and stripped", async () => {
    await using gateway = await start();
    const groupId = await world.alice.group(world.bob.id, world.bot.id);
    for (const channelId of [world.publicChannelId, world.privateChannelId, groupId]) {
      const plain = await world.alice.post(channelId, `hermes ${world.bot.username} no mention`);
      const other = await world.alice.post(channelId, `@${world.bot.username}-2 and \`@hermes\``);
      const asked = await world.alice.post(channelId, mention("are you there?"));
      const answer = await world.alice.seesAnswer(world.bot.id, asked);
      assert.match(answer.message, /are you there\?$/);
      assert.doesNotMatch(answer.message, /@|no mention/);
      for (const ignored of [plain, other]) {
        const isIt = (line: LogLine) => line.postId === ignored.id;
        assert.equal((await gateway.logged("gateway.ignored", isIt)).reason, "not_mentioned");
      }
    }
  });

  test("[P03] a stranger is answered neither directly nor in a channel", async () => {
    await using gateway = await start();
    const directId = await world.mallory.direct(world.bot.id);
    const direct = await world.mallory.post(directId, "let me in");
    const inChannel = await world.mallory.post(world.publicChannelId, mention("let me in"));
    for (const post of [direct, inChannel]) {
      const ignored = await gateway.logged("gateway.ignored", (line) => line.postId === post.id);
      assert.equal(ignored.reason, "user_not_allowed");
    }
    const fromBot = (await world.mallory.posts(directId))
      .filter((post) => post.user_id === world.bot.id);
    assert.deepEqual(fromBot, []);
    assert.equal(model.requests.length, 0);
  });

  test("[P04] with nobody listed nobody is answered, and the start says so", async () => {
    await using gateway = await start({ env: { MATTERMOST_ALLOWED_USERS: "" } });
    await gateway.logged("gateway.nobody_allowed");
    const asked = await world.alice.post(await world.alice.direct(world.bot.id), "hello?");
    const isIt = (line: LogLine) => line.postId === asked.id;
    assert.equal((await gateway.logged("gateway.ignored", isIt)).reason, "user_not_allowed");
  });

  test("[P05] reply mode off posts flat, and inside a thread answers there", async () => {
    await using _gateway = await start();
    const flat = await world.alice.post(world.publicChannelId, mention("one"));
    assert.equal((await world.alice.seesAnswer(world.bot.id, flat)).root_id, "");
    const inThread = await world.alice.post(world.publicChannelId, mention("two"), flat.id);
    const answer = await world.alice.seesAnswer(world.bot.id, inThread);
    assert.equal(answer.root_id, flat.id);
  });

  test("[P06] [C31] [S01] reply mode thread answers under the message, and a reply's root in a thread", async () => {
    await using _gateway = await start({ env: { MATTERMOST_REPLY_MODE: "thread" } });
    const asked = await world.alice.post(world.publicChannelId, mention("one"));
    assert.equal((await world.alice.seesAnswer(world.bot.id, asked)).root_id, asked.id);
    const reply = await world.alice.post(world.publicChannelId, mention("two"), asked.id);
    const answer = await world.alice.seesAnswer(world.bot.id, reply);
    assert.equal(answer.root_id, asked.id);
    assert.equal(answer.message, "heard: one | two");
  });

  test("[P07] two people in a channel have their own history", async () => {
    await using _gateway = await start();
    const first = await world.alice.post(world.publicChannelId, mention("alice's secret"));
    await world.alice.seesAnswer(world.bot.id, first);
    const second = await world.bob.post(world.publicChannelId, mention("bob asks"));
    const answer = await world.bob.seesAnswer(world.bot.id, second);
    assert.equal(answer.message, "heard: bob asks");
  });

  test("[P07] two people in a channel share the history when told to, by name", async () => {
    await using _gateway = await start({ yaml: "group_sessions_per_user: false\n" });
    const first = await world.alice.post(world.publicChannelId, mention("I am first"));
    await world.alice.seesAnswer(world.bot.id, first);
    const second = await world.bob.post(world.publicChannelId, mention("I am second"));
    const answer = await world.bob.seesAnswer(world.bot.id, second);
    const [a, b] = [world.alice.username, world.bob.username];
    assert.equal(answer.message, `heard: [${a}] I am first | [${b}] I am second`);
  });

  test("[P08] a thread keeps its context apart from the channel", async () => {
    await using _gateway = await start();
    const root = await world.alice.post(world.publicChannelId, "a topic");
    const inThread = await world.alice.post(world.publicChannelId, mention("in thread"), root.id);
    await world.alice.seesAnswer(world.bot.id, inThread);
    const outside = await world.alice.post(world.publicChannelId, mention("outside"));
    const answer = await world.alice.seesAnswer(world.bot.id, outside);
    assert.equal(answer.message, "heard: outside");
    const again = await world.alice.post(world.publicChannelId, mention("once more"), root.id);
    const inside = await world.alice.seesAnswer(world.bot.id, again);
    assert.match(
      inside.message,
      /^heard: in thread\n\n<said_before[^]*a topic\n<\/said_before_in_thread> \| once more$/,
    );
  });

  test("[P09] a session survives a restart", async () => {
    await using first = await start();
    const directId = await world.bob.direct(world.bot.id);
    const asked = await world.bob.post(directId, "remember this");
    await world.bob.seesAnswer(world.bot.id, asked);
    assert.equal(await first.stop(), 0);
    await using _second = await start({ home: first.home });
    const later = await world.bob.post(directId, "what was it?");
    const answer = await world.bob.seesAnswer(world.bot.id, later);
    assert.equal(answer.message, "heard: remember this | what was it?");
  });

  test("[P10] [C10] what was posted while the process was dead is answered once", async () => {
    await using first = await start();
    const directId = await world.alice.direct(world.bot.id);
    const before = await world.alice.post(directId, "before");
    await first.answered(before.id);
    await first.stop("SIGKILL");
    const missed = await world.alice.post(directId, "missed one");
    await using _second = await start({ home: first.home });
    const answer = await world.alice.seesAnswer(world.bot.id, missed);
    assert.match(answer.message, /missed one$/);
    const last = await world.alice.post(directId, "last");
    await world.alice.seesAnswer(world.bot.id, last);
    const answers = (await world.alice.posts(directId))
      .filter((post) => post.user_id === world.bot.id && post.create_at > missed.create_at);
    assert.equal(answers.length, 2);
  });

  test("[P14] a model that fails becomes one post that says so", async () => {
    await using _gateway = await start({ yaml: "agent:\n  api_max_retries: 0\n" });
    model.answer = () => ({ kind: "failure", status: 401, message: "Incorrect API key" });
    const asked = await world.alice.post(await world.alice.direct(world.bot.id), "hello");
    const answer = await world.alice.seesAnswer(world.bot.id, asked);
    assert.match(answer.message, /^⚠️ Cannot get an answer from the model/);
  });

  test("[P15] the model's tool call is run and its result given back", async () => {
    await using _gateway = await start();
    model.answer = (request) =>
      request.messages.at(-1)?.role === "tool"
        ? { kind: "text", text: `it is ${JSON.stringify(request.messages.at(-1)?.content)}` }
        : { kind: "tool_call", name: "current_time", arguments: '{"time_zone":"UTC"}' };
    const asked = await world.alice.post(
      await world.alice.direct(world.bot.id),
      "what time is it?",
    );
    const answer = await world.alice.seesAnswer(world.bot.id, asked);
    assert.match(answer.message, /^it is .*\d{4}/);
  });

  test("[C29] a long answer is split into posts that hold all of it", async () => {
    await using gateway = await start();
    const lines = Array.from({ length: 900 }, (_, index) => `${index} `.padEnd(40, "x"));
    model.answer = () => ({ kind: "text", text: lines.join("\n") });
    const directId = await world.bob.direct(world.bot.id);
    const asked = await world.bob.post(directId, "a lot, please");
    await gateway.logged("gateway.answered", (line) => line.postId === asked.id);
    const posts = (await world.bob.posts(directId))
      .filter((post) => post.user_id === world.bot.id && post.create_at >= asked.create_at);
    assert.equal(posts.length, 3);
    assert.deepEqual(posts.map((post) => post.message.trim()).join("\n").split("\n"), lines);
  });

  test("[C32] [C33] a slow answer is seen growing, with typing shown in its thread", async () => {
    await using gateway = await start({ env: { MATTERMOST_REPLY_MODE: "thread" } });
    const text = Array.from({ length: 30 }, (_, index) => `This is sentence ${index}.`).join(" ");
    model.answer = () => ({ kind: "text", text, pauseMs: 200 });
    const asked = await world.alice.post(world.publicChannelId, mention("slowly"));
    const growing = await world.alice.seesAnswer(world.bot.id, asked);
    assert.ok(growing.message.length < text.length);
    await gateway.logged("gateway.answered", (line) => line.postId === asked.id);
    await world.alice.sees((post) => post.id === growing.id && post.message === text, "all of it");
    assert.ok((world.alice.edits.get(growing.id) ?? 0) <= 5, "at most one edit a second");
    const inThread = world.alice.typing.filter((notice) => notice.parentId === asked.id);
    assert.deepEqual([...new Set(inThread.map((notice) => notice.userId))], [world.bot.id]);
  });

  test("[P16] the system prompt of a session is the same bytes each time", async () => {
    await using _gateway = await start();
    const directId = await world.alice.direct(world.bot.id);
    for (const text of ["first", "second"]) {
      const asked = await world.alice.post(directId, text);
      await world.alice.seesAnswer(world.bot.id, asked);
    }
    const prompts = model.requests.map((request) => JSON.stringify(request.messages[0]));
    assert.equal(prompts[0], prompts[1]);
    assert.deepEqual(
      userTexts(model.requests[1] ?? { messages: [], body: "", authorization: "" }),
      [
        "first",
        "second",
      ],
    );
  });

  test("[C15] the bot's own posts, system posts and edits start nothing", async () => {
    await using gateway = await start();
    const asked = await world.alice.post(world.publicChannelId, mention("once"));
    const answer = await world.alice.seesAnswer(world.bot.id, asked);
    const own = await gateway.logged("gateway.ignored", (line) => line.postId === answer.id);
    assert.equal(own.reason, "from_self");
    assert.equal(model.requests.length, 1);
  });

  test("[C30] an answer cannot notify the whole channel", async () => {
    await using _gateway = await start();
    model.answer = () => ({ kind: "text", text: "Attention @channel and @all!" });
    const asked = await world.alice.post(world.publicChannelId, mention("call them"));
    const answer = await world.alice.seesAnswer(world.bot.id, asked);
    assert.doesNotMatch(answer.message, /@(channel|all)/);
    assert.equal(answer.message.replaceAll("\u200b", ""), "Attention @channel and @all!");
  });

  test("[P26] [C40] SIGTERM lets the answer under way finish and exits with 0", async () => {
    await using gateway = await start();
    const text = Array.from({ length: 12 }, (_, index) => `Sentence number ${index}.`).join(" ");
    model.answer = () => ({ kind: "text", text, pauseMs: 200 });
    const asked = await world.alice.post(await world.alice.direct(world.bot.id), "take your time");
    await world.alice.seesAnswer(world.bot.id, asked);
    assert.equal(await gateway.stop(), 0);
    await world.alice.sees((post) => post.message === text, "the whole answer");
  });

  test("[P29] [C40] an answer cut short by a stop is closed with a note and finished after the restart", async () => {
    await using first = await start({ yaml: "gateway:\n  drain_seconds: 0\n" });
    const text = Array.from({ length: 60 }, (_, index) => `Sentence number ${index}.`).join(" ");
    model.answer = () => ({ kind: "text", text, pauseMs: 200 });
    const asked = await world.alice.post(await world.alice.direct(world.bot.id), "a long story");
    const growing = await world.alice.seesAnswer(world.bot.id, asked);
    assert.equal(await first.stop(), 0);
    const closed = (post: { id: string; message: string }) => post.id === growing.id;
    await world.alice.sees((post) => closed(post) && /Interrupted/.test(post.message), "the note");
    await using _second = await start({ home: first.home });
    await world.alice.sees((post) => closed(post) && /^heard: /.test(post.message), "the answer");
    const answers = (await world.alice.posts(asked.channel_id))
      .filter((post) => post.user_id === world.bot.id && post.create_at >= asked.create_at);
    assert.deepEqual(answers.map((post) => post.id), [growing.id]);
  });

  test("[P28] a second gateway with the same token does not start", async () => {
    await using _first = await start();
    await using second = await GatewayProcess.start(world, model);
    assert.equal(await second.exited, 1);
    assert.match(second.printed.join("\n"), /already|holds/i);
  });

  test("[P12] a refused token ends the process with 78 and one clear message", async () => {
    const env = { MATTERMOST_TOKEN: "abcdefghijklmnopqrstuvwxyz" };
    await using gateway = await GatewayProcess.start(world, model, { env });
    assert.equal(await gateway.exited, 78);
    assert.match(gateway.printed.join("\n"), /does not accept the token/);
  });

  test("[P13] without a model the start ends with 78 and says how to set one", async () => {
    await using gateway = await GatewayProcess.start(world, model, { noModel: true });
    assert.equal(await gateway.exited, 78);
    assert.match(gateway.printed.join("\n"), /OPENROUTER_API_KEY|model/);
  });
}
