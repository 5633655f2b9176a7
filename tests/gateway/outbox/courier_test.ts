import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { CreateFault, RestAnswer } from "../../../src/sandbox/faults.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { OutboxLab } from "./outbox_lab.ts";

test("[P241] Courier posts a message where it belongs, with the post's id on the disk", async () => {
  await using outbox = await OutboxLab.start();
  const [post] = await outbox.delivered(outbox.message({ text: "# News\nall is well" }));
  assert.equal(post?.message, "# News\nall is well");
  const entry = await outbox.folder.read("m1");
  assert.ok(entry?.state.kind === "delivered");
  assert.deepEqual(entry.state.postIds, [post?.id]);
  assert.equal(entry.state.place.label, "~general");
});

test("[P240] Courier finds home, people, threads and links", async () => {
  await using outbox = await OutboxLab.start();
  const { sandbox } = outbox.lab;
  const root = sandbox.as("alice").post({ channel: "general", message: "a thread" });
  const dm = sandbox.as("alice").direct("hermes").id;
  outbox.home.move({ channelId: root.channel_id, threadId: root.id });
  const { courier } = outbox.courier();
  const targets = [
    [{ kind: "home" }, root.channel_id, root.id],
    [{ kind: "person", username: "alice" }, dm, ""],
    [{ kind: "channel", channel: "lab/secret", threadId: undefined }, undefined, ""],
    [{ kind: "channel", channel: root.channel_id, threadId: root.id }, root.channel_id, root.id],
    [{ kind: "post", postId: root.id }, root.channel_id, root.id],
  ] as const;
  for (const [index, [target, channelId, rootId]] of targets.entries()) {
    const [post] = await outbox.delivered(outbox.message({ id: `m${index}`, target }), courier);
    if (channelId !== undefined) assert.equal(post?.channel_id, channelId);
    assert.equal(post?.root_id, rootId);
  }
});

const CREATE_FAULTS: readonly (readonly CreateFault[])[] = [
  [{ kind: "save_then_fail" }],
  [{ kind: "fail" }, { kind: "fail" }],
  [{ kind: "save_then_reset" }],
  [{ kind: "save_then_reset" }, { kind: "fail" }],
];

const PASSING_FAULTS: readonly RestAnswer[] = [
  { kind: "rate_limited", retryAfterS: 2 },
  { kind: "html", status: 502 },
  { kind: "html", status: 503 },
  { kind: "error", status: 500, id: "app.post.save.app_error" },
  { kind: "error", status: 401, id: "api.context.session_expired.app_error" },
  { kind: "body", status: 200, contentType: "application/json", text: "{ broken" },
  { kind: "reset" },
];

test("[P241] Courier stores one post whatever goes wrong on the way, with its id", async () => {
  await using outbox = await OutboxLab.start();
  const { faults } = outbox.lab.sandbox;
  let count = 0;
  const check = async (what: unknown) => {
    const text = `message ${++count}`;
    const [post] = await outbox.delivered(outbox.message({ id: `m${count}`, text }));
    const stored = outbox.posts().filter((other) => other.message === text);
    assert.deepEqual(stored.map(({ id }) => id), [post?.id], JSON.stringify(what));
  };
  for (const creates of CREATE_FAULTS) {
    faults.creates = [...creates];
    await check(creates);
  }
  for (const answer of PASSING_FAULTS) {
    for (const path of [/^\/posts$/, /^\/users\/me\/channels$/]) {
      faults.rest = [{ path, times: 2, answer }];
      await check([String(path), answer]);
    }
  }
});

test("[P242] Courier never says that something was delivered which the server will not have", async () => {
  await using outbox = await OutboxLab.start();
  const { sandbox } = outbox.lab;
  const { courier } = outbox.courier();
  const fail = async (id: string, change: object) => {
    const message = outbox.message({ id, ...change });
    const outcome = await courier.deliver(message, {}, outbox.never);
    assert.ok(outcome.kind === "failed", JSON.stringify(outcome));
    const entry = await outbox.folder.read(id);
    assert.equal(entry?.state.kind, "failed");
    return outcome.reason;
  };
  assert.equal(await fail("none", { target: { kind: "home" } }), "no home channel is set");
  const nowhere = { kind: "channel", channel: "~nowhere", threadId: undefined };
  assert.match(await fail("nowhere", { target: nowhere }), /^there is no channel ~nowhere/);
  const nobody = { kind: "person", username: "nobody" };
  assert.match(await fail("nobody", { target: nobody }), /nobody called @nobody/);
  const itself = { kind: "person", username: "hermes" };
  assert.match(await fail("itself", { target: itself }), /is this bot itself/);
  sandbox.admin.makeReadOnly("town-square");
  const readOnly = { kind: "channel", channel: "~town-square", threadId: undefined };
  assert.match(await fail("readonly", { target: readOnly }), /Mattermost answered 403/);
  sandbox.as("admin").remove("secret", "hermes");
  const secret = { kind: "channel", channel: "~secret", threadId: undefined };
  assert.match(await fail("removed", { target: secret }), /there is no channel ~secret/);
  sandbox.admin.archive("general");
  assert.match(await fail("archived", {}), /~general is archived/);
  assert.deepEqual(outbox.texts().filter((text) => text === "hello"), []);
});

test("[P241] Courier keeps what the server does not take for a day, and then says that it was dropped", async () => {
  await using outbox = await OutboxLab.start();
  const { faults } = outbox.lab.sandbox;
  const { courier } = outbox.courier();
  const answer = { kind: "error", status: 500, id: "app.post.save.app_error" } as const;
  faults.rest = [{ method: "POST", path: /^\/posts$/, answer }];
  const reasons: string[] = [];
  const watch = {
    onWaiting: (reason: string) => {
      reasons.push(reason);
      outbox.clock.advance(8 * 3_600_000);
      if (reasons.length === 3) faults.rest = [];
    },
  };
  const message = outbox.message({ about: 'the job "Backup"' });
  const outcome = await courier.deliver(message, watch, outbox.never);
  assert.ok(outcome.kind === "failed");
  assert.match(
    outcome.reason,
    /^it could not be delivered within a day \(cannot create a post: .*500/,
  );
  assert.match(reasons[0] ?? "", /^cannot create a post: Mattermost answered 500/);
  const note = await outbox.lab.sandbox.posted((post) => post.message.includes("was dropped"));
  assert.match(
    note.message,
    /^_\(A message from the job "Backup" of 2023-11-14 22:13 UTC could not/,
  );
  assert.equal(outbox.posts().length, 1);
});

test("[P241] Courier delivers when the server is back, in the order of the messages", async () => {
  await using outbox = await OutboxLab.start();
  const { sandbox } = outbox.lab;
  await sandbox.goDown();
  const { courier } = outbox.courier();
  const waiting = new Promise<string>((resolve) => {
    void courier.deliver(outbox.message({ text: "first" }), { onWaiting: resolve }, outbox.never);
  });
  const second = outbox.delivered(outbox.message({ id: "m2", text: "second" }), courier);
  assert.match(await waiting, /connection refused/);
  await sandbox.comeUp();
  await second;
  assert.deepEqual(outbox.texts(), ["first", "second"]);
});

test("[P241] Courier finishes after a crash what was begun, wherever it was cut short, and repeats nothing", async () => {
  await using outbox = await OutboxLab.start();
  const { sandbox } = outbox.lab;
  const cuts = [/^\/users\/me\/channels$/, /^\/posts$/, /^\/files$/, /^\/posts\/\w{26}$/];
  await using files = await tempDir();
  const path = join(files.path, "report.txt");
  await writeFile(path, "42");
  for (const [index, cut] of cuts.entries()) {
    for (const isAfter of [false, true]) {
      const text = `message ${index} ${isAfter}`;
      const first = outbox.courier();
      if (!isAfter) {
        sandbox.faults.rest = [{ path: cut, answer: { kind: "delay", durationMs: 1e12 } }];
      }
      const before = sandbox.requests.length;
      const id = `m${index}.${isAfter}`;
      const message = outbox.message({ id, text, files: [path] });
      const dying = first.courier.deliver(message, {}, outbox.never).catch(() => {});
      await sandbox.requested((request) =>
        sandbox.requests.indexOf(request) >= before &&
        cut.test(request.path.replace("/api/v4", "").split("?")[0] ?? "")
      );
      await first.kill();
      await dying;
      sandbox.faults.rest = [];
      outbox.clock.advance(60_000); // The server has forgotten the pending ids.
      const second = outbox.courier();
      const posts = await outbox.delivered(message, second.courier);
      await second.kill();
      assert.deepEqual(posts.map((post) => post.message), [text, ""]);
      assert.equal(posts[1]?.file_ids?.length, 1);
      assert.equal(outbox.texts().filter((other) => other === text).length, 1, text);
    }
  }
  assert.equal(outbox.posts().length, 2 * 2 * cuts.length);
  assert.deepEqual(
    (await readdir(outbox.folderPath)).filter((name) => name.endsWith(".files")),
    [],
  );
});

test("[P241] Courier takes up what another process puts into the outbox, and says there what became of it", async () => {
  await using outbox = await OutboxLab.start();
  await outbox.folder.add(outbox.message({ text: "from outside" }), outbox.clock.nowMs());
  await writeFile(join(outbox.folderPath, "bad.json"), "{");
  outbox.courier({ run: true });
  await outbox.lab.sandbox.posted((post) => post.message === "from outside");
  for (;;) {
    const entry = await outbox.folder.read("m1");
    if (entry?.state.kind === "delivered") break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await outbox.lab.logLine("outbox.bad_file")).level, "warn");
});

test("[P241] Courier splits a long text, and attaches one that is longer still", async () => {
  await using outbox = await OutboxLab.start();
  const text = "a line of words\n".repeat(1_250);
  const parts = await outbox.delivered(outbox.message({ text }));
  assert.equal(parts.length, 2);
  assert.ok(parts.map((post) => post.message).join("").trimEnd() === text.trimEnd());
  const small = { runesMax: 1_000, fileBytesMax: 1_000_000, filesEnabled: true };
  const limits = Promise.resolve(small);
  const { courier } = outbox.courier({ change: { limits } });
  const [beginning, attached, ...more] = await outbox.delivered(
    outbox.message({ id: "m2", text }),
    courier,
  );
  assert.deepEqual(more, []);
  assert.match(beginning?.message ?? "", /^a line of words[^]*the whole text is attached/);
  const [fileId = ""] = attached?.file_ids ?? [];
  const file = outbox.lab.sandbox.world.files.get(fileId);
  assert.equal(file?.name, "message.md");
  assert.equal(file?.bytes.length, text.length);
});

test("[P241] Courier notifies no channel and shows no secret, on the server and on the disk", async () => {
  await using outbox = await OutboxLab.start();
  const text = "@all the token is topsecret-token";
  const [post] = await outbox.delivered(outbox.message({ text }));
  assert.equal(post?.message, "@\u200ball the token is ***");
  const stored = await readFile(join(outbox.folderPath, "m1.json"), "utf8");
  assert.doesNotMatch(stored, /topsecret/);
  const [loud] = await outbox.delivered(
    outbox.message({ id: "m2", text: "@here", notifies: true }),
  );
  assert.equal(loud?.message, "@here");
});

test("[P247] Courier holds back in quiet hours what may wait, for one digest, over a crash too", async () => {
  await using outbox = await OutboxLab.start();
  const { clock, folder, never } = outbox;
  const { sandbox } = outbox.lab;
  const morningMs = clock.nowMs() + 8 * 3_600_000;
  let isNight = true;
  const change = {
    clock: {
      nowMs: () => clock.nowMs(),
      sleep: async (durationMs: number, signal: AbortSignal) => {
        const isHeld = isNight && durationMs > 3_600_000;
        if (!isHeld) return await clock.sleep(durationMs, signal);
        await new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => resolve());
          wake = resolve;
        });
      },
    },
    quietUntilMs: (nowMs: number) => nowMs < morningMs ? morningMs : undefined,
  };
  let wake = () => {};
  const held = { urgency: "may_wait", about: "a job" } as const;
  const first = outbox.courier({ change });
  for (const id of ["a", "b", "c"]) {
    await first.courier.post(outbox.message({ ...held, id, text: `text ${id}` }));
  }
  await first.courier.post(outbox.message({ ...held, id: "d", text: "stale", validForMs: 1_000 }));
  await outbox.delivered(outbox.message({ id: "now", text: "urgent" }), first.courier);
  assert.deepEqual(outbox.texts(), ["urgent"]);

  isNight = false;
  clock.advance(8 * 3_600_000);
  sandbox.faults.rest = [{
    method: "POST",
    path: /^\/posts$/,
    answer: { kind: "delay", durationMs: 1e12 },
  }];
  const before = sandbox.requests.length;
  wake();
  await sandbox.requested((request) =>
    sandbox.requests.indexOf(request) >= before && request.path.endsWith("/posts")
  );
  await first.kill();
  sandbox.faults.rest = [];
  const { courier } = outbox.courier({ change, run: true });
  const outcomes = await Promise.all(
    ["a", "b", "c"].map((id) =>
      courier.deliver(outbox.message({ ...held, id, text: `text ${id}` }), {}, never)
    ),
  );
  const digest = outbox.posts().filter(({ message }) => message.includes("While it was quiet"));
  assert.equal(digest.length, 1);
  assert.match(digest[0]?.message ?? "", /text a[^]*---\n\n_From a job:_\n\ntext b[^]*text c/);
  for (const outcome of outcomes) {
    assert.deepEqual(outcome, { kind: "delivered", postIds: [digest[0]?.id], problems: [] });
  }
  assert.equal(outbox.posts().length, 2, "and nothing stale");
  const stale = await courier.deliver(outbox.message({ ...held, id: "d" }), {}, never);
  assert.equal(stale.kind, "failed");
  const inDigest = await folder.read("b");
  assert.ok(inDigest?.state.kind === "delivered");
  await folder.write({ ...inDigest, state: { kind: "waiting" } }); // As a crash could leave it.
  const { courier: next } = outbox.courier({ change });
  const again = await next.deliver(outbox.message({ ...held, id: "b" }), {}, never);
  assert.deepEqual(again, outcomes[1]);
  assert.deepEqual(await folder.read("b"), inDigest);
  assert.equal(outbox.posts().length, 2);
});
