import assert from "node:assert/strict";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";

for (const spelling of ["/mm", "/mm/", "/mm/api/v4", "/mm/lab/channels/town-square"]) {
  test(`[C01] a server below a subpath is reached by the address ...${spelling}`, async () => {
    await using lab = await BinaryLab.open({ basePath: "/mm" });
    const MATTERMOST_URL = new URL(lab.sandbox.url).origin + spelling;
    await using gateway = await lab.connected({ env: { MATTERMOST_URL } });
    assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
  });
}

test("[C37] without the subpath the process ends with 78 and says where the server sends it", async () => {
  await using lab = await BinaryLab.open({ basePath: "/mm" });
  const MATTERMOST_URL = new URL(lab.sandbox.url).origin;
  await using gateway = await lab.start({ env: { MATTERMOST_URL } });
  assert.equal(await gateway.exited, 78);
  assert.match(gateway.printed.join("\n"), /the server redirects to ".*\/mm.*"/);
});

test("[C37] a wrong path that answers with a web page ends the process with 78 and says so", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.start({ env: { MATTERMOST_URL: `${lab.sandbox.url}/wrong` } });
  assert.equal(await gateway.exited, 78);
  assert.match(gateway.printed.join("\n"), /a web page came with status 200/);
});
