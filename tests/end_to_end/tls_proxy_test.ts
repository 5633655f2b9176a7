import assert from "node:assert/strict";
import { test } from "node:test";
import { certificatePath, pem, startProxy } from "../runtime/servers.ts";
import { BinaryLab } from "../support/binary_lab.ts";

function openWithTls(): Promise<BinaryLab> {
  return BinaryLab.open({ tls: { key: pem("server_key"), cert: pem("server") } });
}

test("[P20] a server with a private CA is refused, and the message names the setting", async () => {
  await using lab = await openWithTls();
  await using gateway = await lab.start();
  assert.equal(await gateway.exited, 78);
  assert.match(gateway.printed.join("\n"), /does not trust.*\n.*MATTERMOST_CA_FILE/);
});

test("[P20] with its CA in MATTERMOST_CA_FILE the bot answers", async () => {
  await using lab = await openWithTls();
  await using gateway = await lab.connected({ env: { MATTERMOST_CA_FILE: certificatePath("ca") } });
  assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
});

test("[P20] with its CA in NODE_EXTRA_CA_CERTS the bot answers", async () => {
  await using lab = await openWithTls();
  const processEnv = { NODE_EXTRA_CA_CERTS: certificatePath("ca") };
  await using gateway = await lab.connected({ processEnv });
  assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
});

test("[P20] a CA file that is not there ends the process with 78 and its name", async () => {
  await using lab = await openWithTls();
  await using gateway = await lab.start({ env: { MATTERMOST_CA_FILE: "/nowhere/ca.pem" } });
  assert.equal(await gateway.exited, 78);
  assert.match(gateway.printed.join("\n"), /CA file "\/nowhere\/ca\.pem": no such file/);
});

for (const variable of ["MATTERMOST_PROXY", "HTTPS_PROXY"]) {
  test(`[P20] requests and the socket go through ${variable}`, async () => {
    await using lab = await openWithTls();
    await using proxy = await startProxy();
    const env = { MATTERMOST_CA_FILE: certificatePath("ca"), [variable]: proxy.url };
    await using gateway = await lab.connected({ env });
    assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
    const target = `CONNECT ${new URL(lab.sandbox.url).host}`;
    assert.ok(proxy.requests.length >= 2, "a request and the socket");
    assert.deepEqual([...new Set(proxy.requests)], [target]);
  });
}

test("[P20] NO_PROXY keeps the server out of the proxy", async () => {
  await using lab = await openWithTls();
  await using proxy = await startProxy();
  const env = {
    MATTERMOST_CA_FILE: certificatePath("ca"),
    HTTPS_PROXY: proxy.url,
    NO_PROXY: "127.0.0.1",
  };
  await using gateway = await lab.connected({ env });
  assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
  assert.deepEqual(proxy.requests, []);
});

test("[P20] a proxy of the environment counts for a server on this machine, but not for its models", async () => {
  await using lab = await BinaryLab.open();
  await using proxy = await startProxy();
  await using gateway = await lab.start({ env: { HTTP_PROXY: proxy.url } });
  assert.equal(await gateway.exited, 78, "this proxy answers in the place of the server");
  assert.deepEqual([...new Set(proxy.requests)], [`GET ${lab.sandbox.url}/api/v4/users/me`]);
  const env = { HTTP_PROXY: proxy.url, NO_PROXY: new URL(lab.sandbox.url).host };
  await using direct = await lab.connected({ env });
  assert.equal(await lab.ask(direct, "alice", "hello"), "heard: hello");
});
