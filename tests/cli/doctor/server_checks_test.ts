import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAddress } from "../../../src/cli/doctor/address_checks.ts";
import { checkVersion } from "../../../src/cli/doctor/server_checks.ts";
import { parseServerUrl } from "../../../src/mattermost/base_url.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { certificatePath, pem, startProxy, startTcpServer } from "../../runtime/servers.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { DoctorLab } from "./doctor_lab.ts";

test("[P25] runChecks() finds nothing to complain about where a gateway would work", async () => {
  await using lab = await DoctorLab.open();
  const found = await lab.examine();
  assert.deepEqual(found.with("failure"), []);
  assert.deepEqual(found.with("warning"), ["gateway", "terminal"], "none runs, nor is it closed");
  assert.deepEqual(found.with("skipped"), ["home-channel"]);
});

test("[P25] checkServer() names the address that a longer one contains, and can write it", async () => {
  await using lab = await DoctorLab.open();
  const { url } = lab.sandbox;
  for (const rest of ["/api/v4", "/lab/channels/town-square", "/login"]) {
    const found = await lab.examine({ env: { MATTERMOST_URL: url + rest } });
    const { status, remedy, repair } = found.named("address");
    assert.equal(status, "warning");
    assert.equal(remedy, `Set MATTERMOST_URL to ${url}.`);
    assert.equal(await repair?.(), `MATTERMOST_URL in .env is ${url} now`);
    assert.equal(found.named("server").status, "ok");
  }
  const found = await lab.examine({ env: { MATTERMOST_URL: `${url}/` } });
  assert.equal(found.named("address").status, "ok");
});

test("[P25] checkServer() writes an address into config.yaml where it stands there", async () => {
  await using lab = await DoctorLab.open();
  const { url } = lab.sandbox;
  const yaml = `mattermost:\n  url: ${url}/api/v4 # ours\n`;
  const found = await lab.examine({ env: { MATTERMOST_URL: "" }, yaml });
  assert.equal(
    await found.named("address").repair?.(),
    `mattermost.url in config.yaml is ${url} now`,
  );
  const fromShell = { processEnv: { MATTERMOST_URL: `${url}/api/v4` } };
  assert.equal((await lab.examine(fromShell)).named("address").repair, undefined);
});

test("[P25] checkServer() says where a redirect leads, and to another host writes nothing", async () => {
  await using there = await DoctorLab.open({ basePath: "/mm" });
  await using lab = await DoctorLab.open();
  lab.sandbox.faults.movedTo = there.sandbox.url;
  const found = await lab.examine();
  const { status, message, remedy, repair } = found.named("server");
  assert.equal(status, "failure");
  assert.match(message, /sends everybody to http.*\/mm, where the server is/);
  assert.equal(remedy, `Set MATTERMOST_URL to ${there.sandbox.url}.`);
  assert.ok(repair !== undefined);
  lab.sandbox.faults.movedTo = there.sandbox.url.replace("127.0.0.1", "localhost");
  assert.equal((await lab.examine()).named("server").repair, undefined);
  assert.deepEqual(found.with("failure"), ["server"]);
  assert.ok(found.with("skipped").includes("token"), "no token goes to an address that redirects");
  assert.ok(there.sandbox.requests.every(({ authorization }) => authorization === "none"));
});

test("[P25] checkServer() finds the server above a path that is too long", async () => {
  await using lab = await DoctorLab.open();
  const found = await lab.examine({ env: { MATTERMOST_URL: `${lab.sandbox.url}/wrong` } });
  const { status, message } = found.named("server");
  assert.equal(status, "failure");
  assert.match(message, /only a web page at .*\/wrong: the server is at/);
});

test("[P25] checkServer() compares the clocks, and names which one is behind", async () => {
  const ahead = { ...systemClock, nowMs: () => systemClock.nowMs() + 90_000 };
  await using lab = await DoctorLab.open({ clock: ahead });
  const { status, message } = (await lab.examine()).named("clock");
  assert.equal(status, "warning");
  assert.match(message, /The clock of this machine is (89|90|91) s behind the server's/);
});

test("[P25] checkServer() tells of a rate limit, and warns of a narrow one", async () => {
  await using lab = await DoctorLab.open();
  lab.sandbox.settings.rateBurst = 100;
  assert.equal((await lab.examine()).named("rate-limit").status, "ok");
  lab.sandbox.settings.rateBurst = 4;
  const { status, message } = (await lab.examine()).named("rate-limit");
  assert.equal(status, "warning");
  assert.match(message, /takes 5 requests at once/);
});

test("[P25] checkVersion() knows what an old server lacks", () => {
  assert.deepEqual(checkVersion("11.6.0"), []);
  assert.deepEqual(checkVersion("12.0.1"), []);
  assert.equal(checkVersion("10.11.3")[0]?.status, "warning");
  assert.equal(checkVersion("6.0.9")[0]?.status, "failure");
  assert.equal(checkVersion("6.1.0")[0]?.status, "warning");
});

test("[P25] checkServer() names the authority that is trusted, and the one that is not", async () => {
  const tls = { key: pem("server_key"), cert: pem("server") };
  await using lab = await DoctorLab.open({ tls });
  const refused = await lab.examine();
  assert.deepEqual(refused.with("failure"), ["tls"]);
  assert.match(refused.named("tls").message, /does not know "Hermes test CA", who signed it/);
  assert.match(refused.named("tls").remedy, /MATTERMOST_CA_FILE/);
  const trusted = await lab.examine({ env: { MATTERMOST_CA_FILE: certificatePath("ca") } });
  assert.match(trusted.named("tls").message, /valid until 2123-12-31.*of MATTERMOST_CA_FILE/);
  assert.equal(trusted.named("socket").status, "ok");
});

for (
  const [name, reason] of [
    ["expired", /it is valid from .* to 2021-01-01/],
    ["wrong_host", /it is for elsewhere\.invalid/],
    ["self_signed", /does not know "Hermes test", who signed it/],
  ] as const
) {
  test(`[P25] checkServer() says what is wrong with a certificate that is ${name}`, async () => {
    await using lab = await DoctorLab.open({ tls: { key: pem("server_key"), cert: pem(name) } });
    const found = await lab.examine({ env: { MATTERMOST_CA_FILE: certificatePath("ca") } });
    assert.match(found.named("tls").message, reason);
    assert.deepEqual(found.with("failure"), ["tls"]);
    assert.equal(found.named("server").status, "skipped");
  });
}

test("[P25] checkServer() warns of a certificate that ends within 14 days", async () => {
  await using lab = await DoctorLab.open({ tls: { key: pem("server_key"), cert: pem("server") } });
  const env = { MATTERMOST_CA_FILE: certificatePath("ca") };
  const at = async (nowMs: number) =>
    (await lab.examine({ env }, { clock: new FakeClock(nowMs) })).named("tls");
  const soon = await at(Date.UTC(2123, 11, 18));
  assert.equal(soon.status, "warning");
  assert.match(soon.message, /ends on 2123-12-31/);
  assert.equal((await at(Date.UTC(2123, 11, 16))).status, "ok");
});

test("[P25] checkAddress() warns of a token that would travel unencrypted, but not on this machine", () => {
  const look = (address: string) => {
    const serverUrl = parseServerUrl(address);
    assert.ok(!("problem" in serverUrl));
    return checkAddress(serverUrl, address, undefined).status;
  };
  for (
    const address of [
      "http://localhost:8065",
      "http://127.0.0.1",
      "http://[::1]:80",
      "https://x.org",
    ]
  ) {
    assert.equal(look(address), "ok", address);
  }
  assert.equal(look("http://chat.example.com"), "warning");
});

test("[P25] checkServer() tells of the proxy, without its password", async () => {
  await using lab = await DoctorLab.open({ tls: { key: pem("server_key"), cert: pem("server") } });
  await using proxy = await startProxy();
  const HTTPS_PROXY = proxy.url.replace("://", "://user:hunter2@");
  const env = { MATTERMOST_CA_FILE: certificatePath("ca"), HTTPS_PROXY };
  const found = await lab.examine({ env });
  const { message, settings } = found.named("proxy");
  assert.equal(message, `Requests and the socket go through the proxy ${new URL(proxy.url).host}`);
  assert.deepEqual(settings, ["network.https_proxy"]);
  assert.equal(found.named("socket").status, "ok");
});

test("[P25] a server that takes connections and says nothing holds the doctor up for 10 s", async () => {
  await using lab = await DoctorLab.open();
  const reached = Promise.withResolvers<void>();
  await using mute = await startTcpServer(() => reached.resolve());
  const clock = new FakeClock(Date.now());
  const env = { MATTERMOST_URL: `http://127.0.0.1:${mute.port}` };
  const examined = lab.examine({ env }, { clock });
  await reached.promise;
  clock.advance(10_000);
  const found = await examined;
  assert.match(found.named("server").message, /No answer came within 10 s/);
});

test("[P25] a name that nobody knows is told before anything is asked", async () => {
  await using lab = await DoctorLab.open();
  const found = await lab.examine({ env: { MATTERMOST_URL: "https://nowhere.invalid" } });
  assert.deepEqual(found.with("failure"), ["dns"]);
  assert.match(found.named("dns").message, /nowhere\.invalid: its name is not known/);
});
