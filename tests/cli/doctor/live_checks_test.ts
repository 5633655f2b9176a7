import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../support/fake_clock.ts";
import { DoctorLab } from "./doctor_lab.ts";

test("[P58] checkEcho() hears its own post on the socket, and deletes it", async () => {
  await using lab = await DoctorLab.open();
  const echo = (await lab.examine({}, { live: true })).named("echo");
  assert.match(echo.message, /was heard on the socket after \d+ ms/);
  const posts = [...lab.sandbox.world.posts.values()];
  assert.deepEqual(posts.map((post) => post.delete_at > 0), [true]);
  const [{ id }, channel] = [
    lab.sandbox.user("hermes"),
    lab.sandbox.world.channels.get(posts[0]?.channel_id ?? ""),
  ];
  assert.equal(channel?.name, `${id}__${id}`, "nobody else has seen it");
});

test("[P58] checkEcho() finds a socket that is deaf, and deletes the post all the same", async () => {
  await using lab = await DoctorLab.open();
  lab.sandbox.faults.suppressPosted = 1;
  const clock = new FakeClock(Date.now());
  const examined = lab.examine({}, { live: true, clock });
  await lab.sandbox.posted((post) => post.user_id === lab.sandbox.user("hermes").id);
  clock.advance(8_000);
  const { status, message } = (await examined).named("echo");
  assert.equal(status, "failure");
  assert.equal(message, "A post of the bot was stored, and the socket did not tell of it");
  assert.ok([...lab.sandbox.world.posts.values()].every((post) => post.delete_at > 0));
});
