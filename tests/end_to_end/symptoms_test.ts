import assert from "node:assert/strict";
import { test } from "node:test";
import { certificatePath, pem } from "../runtime/servers.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { diagnose, statusWritten } from "../support/doctor_process.ts";

test("[P59] no answer, because the bot is not in the channel: doctor says where it is", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const admin = lab.sandbox.as("admin");
  for (const channel of ["general", "secret"]) admin.remove(channel, "hermes");
  const some = await diagnose(lab, {}, gateway);
  assert.match(some.text, /^✓ channels +The bot is in 1 channel: ~town-square\.$/m);
  admin.remove("town-square", "hermes");
  const none = await diagnose(lab, {}, gateway);
  none.says("channels", "warning", /in no channel: only direct/, /: \/invite @hermes$/);
});

test("[P59] no answer, because people write another name: doctor says which one counts", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  lab.sandbox.as("hermes").rename("hermes-bot");
  lab.sandbox.as("alice").post({ channel: "general", message: "@hermes are you there?" });
  await gateway.logged("gateway.ignored", (line) => line.reason === "not_mentioned");
  const { text } = await diagnose(lab, {}, gateway);
  assert.match(text, /^✓ mention +In channels only messages with @hermes-bot are answered\.$/m);
});

test("[P59] no answer, because nobody is listed", async () => {
  await using lab = await BinaryLab.open();
  const found = await diagnose(lab, { env: { MATTERMOST_ALLOWED_USERS: "" } });
  found.says("people", "failure", /Nobody may talk/, /MATTERMOST_ALLOWED_USERS/);
  assert.deepEqual([found.failures, found.exitCode], [["people"], 1]);
});

test("[P59] no answer, because the gateway does not run", async () => {
  await using lab = await BinaryLab.open();
  const found = await diagnose(lab);
  found.says("gateway", "warning", /does not run, so nobody/, /^Run: hermes gateway start$/);
  assert.equal(found.exitCode, 0);
});

test("[P59] no answer, because the model has no key", async () => {
  await using lab = await BinaryLab.open();
  const yaml = "model:\n  provider: openrouter\n";
  const found = await diagnose(lab, { noModel: true, yaml });
  found.says("model", "failure", /no API key for OpenRouter/, /OPENROUTER_API_KEY/);
  assert.deepEqual(found.failures, ["model"]);
});

test("[P60] 403 in a channel where the bot may only read: doctor names channel and remedy", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  lab.sandbox.as("alice").post({ channel: "general", message: "@hermes hello" });
  lab.sandbox.admin.makeReadOnly("general");
  await statusWritten(gateway, ({ lastProblem }) => lastProblem !== undefined);
  const found = await diagnose(lab, {}, gateway);
  found.says("writing", "warning", /read but not write in ~general/, /Moderation/);
  found.says("gateway-problem", "warning", /403/, /hermes logs/);
});

test("[P60] 403 in the home channel, because the bot is not in it", async () => {
  await using lab = await BinaryLab.open();
  const id = lab.sandbox.world.channelNamed("general")?.id ?? "";
  lab.sandbox.as("admin").remove("general", "hermes");
  const found = await diagnose(lab, { env: { MATTERMOST_HOME_CHANNEL: id } });
  found.says("home-channel", "failure", /not in the home channel ~general/, /\/invite @hermes$/);
});

test("[P60] 401 after the bot was disabled or its token revoked", async () => {
  for (const end of ["deactivate", "revokeTokens"] as const) {
    await using lab = await BinaryLab.open();
    const { workplace } = lab;
    lab.sandbox.admin[end]("hermes");
    const found = await diagnose(lab, { env: { MATTERMOST_TOKEN: workplace.bot.token } });
    found.says(
      "token",
      "failure",
      /is revoked or mistyped, or its bot is disabled/,
      /Bot Accounts/,
    );
    assert.deepEqual(found.failures, ["token"]);
  }
});

test("[P61] a reconnect loop behind a proxy without the upgrade: doctor prints the lines for nginx", async () => {
  await using lab = await BinaryLab.open();
  lab.sandbox.faults.proxy = "drops_upgrade";
  await using gateway = await lab.start();
  await statusWritten(gateway, ({ connection }) => connection.kind === "disconnected");
  const found = await diagnose(lab, {}, gateway);
  found.says("socket", "failure", /drops the headers Upgrade and Connection/, /server block/);
  assert.match(found.text, /^ +location ~ \^\/api\/v\[0-9\]\+\/\(users\/\)\?websocket\$ \{$/m);
  assert.match(found.text, /^ +proxy_set_header Upgrade \$http_upgrade;$/m);
  found.says("gateway", "failure", /lost its connection/, /tries again/);
});

test("[P61] a reconnect loop, because the token is dropped or the server says nothing", async () => {
  await using dropping = await BinaryLab.open();
  dropping.sandbox.faults.proxy = "drops_authorization";
  await using mute = await BinaryLab.open();
  mute.sandbox.faults.hello = "never";
  const [dropped, silent] = await Promise.all([diagnose(dropping), diagnose(mute)]);
  dropped.says(
    "socket",
    "failure",
    /drops the header Authorization/,
    /proxy_set_header Authorization/,
  );
  silent.says("socket", "failure", /says nothing on it/, /log of the server/);
  assert.deepEqual([dropped.failures, silent.failures], [["socket"], ["socket"]]);
});

test("[P62] failed to authenticate at a wrong path, where a web page answers", async () => {
  await using lab = await BinaryLab.open();
  const { url } = lab.sandbox;
  const above = await diagnose(lab, { env: { MATTERMOST_URL: `${url}/wrong` } });
  above.says("server", "failure", /only a web page at/, new RegExp(`to ${url}\\.$`));
  lab.sandbox.faults.rest.push({ answer: { kind: "html", status: 200 } });
  const nowhere = await diagnose(lab);
  nowhere.says("server", "failure", /a web page came with status 200/, /path of MATTERMOST_URL/);
});

test("[P62] failed to authenticate at http, which leads to https", async () => {
  await using secure = await BinaryLab.open({
    tls: { key: pem("server_key"), cert: pem("server") },
  });
  await using plain = await BinaryLab.open();
  const { url } = secure.sandbox;
  plain.sandbox.faults.movedTo = url;
  const env = { MATTERMOST_CA_FILE: certificatePath("ca") };
  const found = await diagnose(plain, { env });
  found.says("server", "failure", /sends everybody to https:/, new RegExp(`to ${url}\\.$`));
  assert.ok(secure.sandbox.requests.every(({ authorization }) => authorization === "none"));
});

test("[P62] failed to authenticate with a bad token, and with a person's where MFA is wanted", async () => {
  await using lab = await BinaryLab.open({ settings: { enforceMfa: true } });
  const bad = await diagnose(lab, { env: { MATTERMOST_TOKEN: "z".repeat(24) } });
  bad.says("token", "failure", /24 characters in place of 26/, /Bot Accounts/);
  const MATTERMOST_TOKEN = lab.sandbox.token("alice").reveal();
  const person = await diagnose(lab, { env: { MATTERMOST_TOKEN } });
  person.says("token", "failure", /wants MFA from people/, /token of a bot account/);
});

test("[P63] offline, because the gateway was stopped or crashed", async () => {
  await using lab = await BinaryLab.open();
  await using stopped = await lab.connected();
  await stopped.stop();
  const asked = await diagnose(lab, {}, stopped);
  asked.says("gateway", "warning", /was stopped/, /hermes gateway start/);
  await using crashed = await lab.connected();
  await crashed.stop("SIGKILL");
  const killed = await diagnose(lab, {}, crashed);
  killed.says("gateway", "failure", /killed or crashed/, /hermes logs/);
  assert.equal(killed.exitCode, 1);
});

test("[P63] offline, because the server is down", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  await lab.sandbox.goDown();
  await statusWritten(gateway, ({ connection }) => connection.kind === "disconnected");
  const found = await diagnose(lab, {}, gateway);
  found.says("server", "failure", /connection refused/, /the server is running/);
  found.says("gateway", "failure", /lost its connection/, /tries again/);
});

test("[P64] not allowed, because a name is listed in place of an id: doctor says the id", async () => {
  await using lab = await BinaryLab.open();
  const found = await diagnose(lab, { env: { MATTERMOST_ALLOWED_USERS: "alice" } });
  const { id } = lab.sandbox.user("alice");
  found.says("people", "failure", /"alice" is the name of @alice/, new RegExp(`Write ${id} in`));
  found.says("settings", "failure", /is not a user id/, /hermes config edit --env$/);
});

test("[P64] not allowed, because the bot itself or nobody is listed", async () => {
  await using lab = await BinaryLab.open();
  const list = `${lab.sandbox.user("hermes").id},${"x".repeat(26)}`;
  const found = await diagnose(lab, { env: { MATTERMOST_ALLOWED_USERS: list } });
  found.says("people", "warning", /bot's own id is listed/, /the id of a person/);
  found.says("people", "failure", /Nobody who can talk to the bot is listed/, /ids of the people/);
  assert.match(found.text, /^! people +"x{26}" is nobody on this server\./m);
});

test("[P64] not allowed, because somebody else is listed: doctor names those who are", async () => {
  await using lab = await BinaryLab.open();
  const { text } = await diagnose(lab, {
    env: { MATTERMOST_ALLOWED_USERS: lab.sandbox.user("alice").id },
  });
  assert.match(text, /^✓ people +1 person may talk to the bot: @alice\.$/m);
});
