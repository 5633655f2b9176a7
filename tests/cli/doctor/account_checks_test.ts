import assert from "node:assert/strict";
import { test } from "node:test";
import { DoctorLab } from "./doctor_lab.ts";

test("[P25] checkAccount() tells a mistyped token from one that is not accepted", async () => {
  await using lab = await DoctorLab.open();
  const unknown = await lab.examine({ env: { MATTERMOST_TOKEN: "a".repeat(26) } });
  assert.match(unknown.named("token").message, /revoked or mistyped, or its bot is disabled/);
  const cut = await lab.examine({ env: { MATTERMOST_TOKEN: "a".repeat(25) } });
  assert.match(cut.named("token").message, /has 25 characters in place of 26/);
  assert.deepEqual(cut.with("failure"), ["token"]);
  assert.deepEqual(
    cut.with("skipped"),
    ["socket", "limits", "channels", "mention", "writing", "home-channel", "people"],
  );
});

test("[P25] checkAccount() knows a deactivated bot, a person, an administrator and MFA", async () => {
  await using lab = await DoctorLab.open();
  const as = (name: string) => ({
    env: { MATTERMOST_TOKEN: lab.sandbox.token(name).reveal() },
  });
  const person = await lab.examine(as("bob"));
  assert.equal(person.named("token").status, "warning");
  assert.match(person.named("token").message, /@bob, a person, who cannot talk to the bot/);
  const admin = await lab.examine(as("admin"));
  assert.match(admin.named("rights").message, /@admin is an administrator/);
  lab.sandbox.settings.enforceMfa = true;
  const mfa = await lab.examine(as("bob"));
  assert.equal(mfa.named("token").status, "failure");
  assert.match(mfa.named("token").message, /MFA/);
  lab.sandbox.admin.deactivate("hermes");
  assert.equal((await lab.examine()).named("token").status, "failure");
});

test("[P25] checkSocket() has the lines for nginx at hand, with the path of the server", async () => {
  await using lab = await DoctorLab.open({ basePath: "/mm" });
  lab.sandbox.faults.proxy = "drops_upgrade";
  const { status, message, paste } = (await lab.examine()).named("socket");
  assert.equal(status, "failure");
  assert.match(message, /drops the headers Upgrade and Connection/);
  assert.match(paste ?? "", /^location ~ \^\/mm\/api\/v\[0-9\]\+\/\(users\/\)\?websocket\$ \{\n/);
  assert.match(paste ?? "", /proxy_set_header Upgrade \$http_upgrade;/);
});

test("[P25] checkSocket() has them also where the path of the socket leads astray", async () => {
  await using lab = await DoctorLab.open();
  lab.sandbox.faults.upgrade = { status: 404 };
  lab.sandbox.faults.rest.push({
    path: /^\/websocket$/,
    answer: { kind: "html", status: 404 },
  });
  const { message, paste } = (await lab.examine()).named("socket");
  assert.match(message, /a web page came with status 404/);
  assert.ok(paste?.startsWith("location ~ ^/api/v"));
});

test("[P25] checkSocket() does not send people to nginx for a limit of the server", async () => {
  await using lab = await DoctorLab.open();
  lab.sandbox.faults.upgrade = { status: 429 };
  lab.sandbox.faults.rest.push({
    path: /^\/websocket$/,
    answer: { kind: "rate_limited", retryAfterS: 1 },
  });
  const { message, paste } = (await lab.examine()).named("socket");
  assert.match(message, /429/);
  assert.equal(paste, undefined);
});

test("[P25] checkLimits() tells how much fits, and that a server takes no files", async () => {
  await using lab = await DoctorLab.open({ settings: { messageRunesMax: 4_000 } });
  const usual = (await lab.examine()).named("limits");
  assert.equal(usual.message, "A post holds 4000 characters, a file 105 MB");
  lab.sandbox.settings.fileAttachments = false;
  const { status, message } = (await lab.examine()).named("limits");
  assert.equal(status, "warning");
  assert.match(message, /takes no files/);
});
