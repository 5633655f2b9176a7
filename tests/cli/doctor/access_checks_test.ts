import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { homePaths } from "../../../src/config/paths.ts";
import { writeFileAtomic } from "../../../src/runtime/atomic_file.ts";
import { DoctorLab } from "./doctor_lab.ts";

test("[P25] checkChannels() lists where the bot is, and says how to add it", async () => {
  await using lab = await DoctorLab.open();
  assert.equal(
    (await lab.examine()).named("channels").message,
    "The bot is in 3 channels: ~town-square, ~general, ~secret",
  );
  for (const channel of ["town-square", "general", "secret"]) {
    lab.sandbox.as("admin").remove(channel, "hermes");
  }
  const nowhere = (await lab.examine()).named("channels");
  assert.equal(nowhere.status, "warning");
  assert.equal(nowhere.remedy, "Write in a channel: /invite @hermes");
  const [team] = lab.sandbox.world.teams.values();
  lab.sandbox.world.leaveTeam(team?.id ?? "", lab.sandbox.user("hermes").id);
  const teamless = (await lab.examine()).named("channels");
  assert.match(teamless.message, /in no team/);
  assert.match(teamless.remedy, /"Invite people" in the menu of a team, and enter @hermes/);
});

test("[P25] checkChannels() says which name people have to write", async () => {
  await using lab = await DoctorLab.open();
  lab.sandbox.as("hermes").rename("hermes-bot");
  assert.match((await lab.examine()).named("mention").message, /only messages with @hermes-bot/);
  const free = await lab.examine({ env: { MATTERMOST_REQUIRE_MENTION: "false" } });
  assert.match(free.named("mention").message, /with a mention or without/);
});

test("[P25] checkChannels() warns of a channel of the settings that the bot is not in", async () => {
  await using lab = await DoctorLab.open();
  const id = lab.sandbox.world.channelNamed("general")?.id ?? "";
  const env = { MATTERMOST_ALLOWED_CHANNELS: `${id},${"x".repeat(26)}` };
  const { message, settings } = (await lab.examine({ env })).named("channels", "warning");
  assert.equal(
    message,
    `The bot is not in every channel of mattermost.allowed_channels: ${"x".repeat(26)}`,
  );
  assert.deepEqual(settings, ["mattermost.allowed_channels"]);
});

test("[P25] checkChannels() finds the channels in which the bot may only read", async () => {
  await using lab = await DoctorLab.open();
  lab.sandbox.admin.makeReadOnly("town-square");
  const { status, message } = (await lab.examine()).named("writing");
  assert.equal(status, "warning");
  assert.match(message, /may read but not write in ~town-square \(Lab\)/);
  const id = "api.context.permissions.app_error";
  lab.sandbox.faults.rest.push({
    path: /^\/roles\/names$/,
    answer: { kind: "error", status: 403, id },
  });
  assert.equal((await lab.examine()).named("writing").status, "skipped");
});

test("[P25] checkChannels() looks after the home channel: member, archived, unknown", async () => {
  await using lab = await DoctorLab.open();
  const { sandbox } = lab;
  const look = async (id: string) =>
    (await lab.examine({ env: { MATTERMOST_HOME_CHANNEL: id } })).named("home-channel");
  const general = sandbox.world.channelNamed("general")?.id ?? "";
  assert.equal((await look(general)).message, "Notices go to ~general (Lab)");
  assert.match((await look(sandbox.as("alice").direct("hermes").id)).message, /a direct channel/);
  sandbox.as("admin").remove("general", "hermes");
  const outside = await look(general);
  assert.equal(outside.message, "The bot is not in the home channel ~general");
  assert.equal(outside.remedy, "Write there: /invite @hermes");
  sandbox.admin.archive("general");
  assert.match((await look(general)).message, /~general is archived/);
  assert.match((await look("x".repeat(26))).message, /does not exist/);
});

test("[P64] checkPeople() names everybody who may talk, by the name of today", async () => {
  await using lab = await DoctorLab.open();
  lab.sandbox.as("alice").rename("alice.jones");
  const { status, message } = (await lab.examine()).named("people");
  assert.equal(status, "ok");
  assert.equal(message, "2 people may talk to the bot: @alice.jones, @bob");
});

test("[P64] checkPeople() tells the id of a name, and who of the listed cannot talk", async () => {
  await using lab = await DoctorLab.open();
  const { sandbox } = lab;
  const [alice, bob, hermes] = ["alice", "bob", "hermes"].map((name) => sandbox.user(name));
  const other = sandbox.admin.createUser("other-bot", { isBot: true });
  sandbox.admin.deactivate("bob");
  const unknown = "x".repeat(26);
  const list = [
    "@Mallory",
    "alice@example.test",
    bob?.id,
    hermes?.id,
    other.id,
    unknown,
    alice?.id,
  ];
  const found = await lab.examine({ env: { MATTERMOST_ALLOWED_USERS: list.join(",") } });
  const people = found.checks.filter(({ name }) => name === "people");
  assert.deepEqual(people.map(({ status, message }) => `${status}: ${message}`), [
    'failure: "@Mallory" is the name of @mallory, and the list takes ids alone',
    'failure: "alice@example.test" is the name of @alice, and the list takes ids alone',
    "warning: @bob is listed, and this account is deactivated",
    "warning: The bot's own id is listed: what @hermes writes is never answered",
    "warning: @other-bot is listed, and bots are never answered",
    `warning: "${unknown}" is nobody on this server`,
    "ok: 1 person may talk to the bot: @alice",
  ]);
  assert.equal(people[0]?.remedy, `Write ${sandbox.user("mallory").id} in its place.`);
});

test("[P64] checkPeople() asks for at most 50 names, and says how many it left out", async () => {
  await using lab = await DoctorLab.open();
  const names = Array.from({ length: 53 }, (_, index) => `nobody-${index}`);
  const list = [...names, lab.sandbox.user("alice").id];
  const found = await lab.examine({ env: { MATTERMOST_ALLOWED_USERS: list.join(",") } });
  const messages = found.checks.filter(({ name }) => name === "people")
    .map(({ message }) => message);
  assert.equal(messages.filter((message) => message.includes("is nobody")).length, 50);
  assert.ok(messages.includes("3 more entries are no ids of anybody"));
  assert.equal(messages.at(-1), "1 person may talk to the bot: @alice");
});

test("[P64] checkPeople() fails when nobody who is listed can talk", async () => {
  await using lab = await DoctorLab.open();
  const nobody = await lab.examine({ env: { MATTERMOST_ALLOWED_USERS: "" } });
  assert.match(nobody.named("people").message, /Nobody may talk to the bot/);
  const env = { MATTERMOST_ALLOWED_USERS: lab.sandbox.user("hermes").id };
  const itself = await lab.examine({ env });
  assert.match(itself.named("people", "failure").message, /^Nobody who can talk to the bot/);
  const pairing = { MATTERMOST_ALLOWED_USERS: "", MATTERMOST_UNAUTHORIZED_DM_BEHAVIOR: "pair" };
  const waiting = await lab.examine({ env: pairing });
  assert.match(waiting.named("people", "warning").message, /strangers get a code/);
  const file = join(homePaths(lab.home).pairingFolder, "mattermost-approved.json");
  await writeFileAtomic(file, '{"x": {"user_name": "mallory", "approved_at": 1}}', { mode: 0o600 });
  assert.match((await lab.look()).named("people", "ok").message, /^1 person was let in by a code/);
  const everyone = await lab.examine({ env: { MATTERMOST_ALLOW_ALL_USERS: "true" } });
  assert.match(everyone.named("people").message, /Everyone on the server/);
});
