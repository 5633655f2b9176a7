import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { homePaths } from "../../src/config/paths.ts";
import { readGatewayState } from "../../src/gateway/read_gateway_state.ts";
import { BinaryLab } from "../support/binary_lab.ts";

const REFUSED = /^Cannot log in to Mattermost: the server does not accept the token\./m;

for (
  const [what, end] of [
    ["is revoked", (lab: BinaryLab) => lab.sandbox.admin.revokeTokens("hermes")],
    ["belongs to a bot that is switched off", (lab) => lab.sandbox.admin.deactivate("hermes")],
  ] as readonly [string, (lab: BinaryLab) => void][]
) {
  test(`[C09] [P12] a token that ${what} while connected ends the process with 78 and one message`, async () => {
    await using lab = await BinaryLab.open();
    await using gateway = await lab.connected();
    await lab.ask(gateway, "alice", "hello");
    end(lab);
    lab.sandbox.cut("hermes"); // The next ping would tell, in up to 30 s; so does the reconnect.
    assert.equal(await gateway.exited, 78);
    assert.equal(gateway.printed.join("\n").match(/does not accept the token/g)?.length, 1);
    assert.match(gateway.printed.join("\n"), REFUSED);
    await knowsTheEnd(gateway.home);
  });
}

/** [P45] Who asks later is told why it ended. */
async function knowsTheEnd(home: string): Promise<void> {
  const code = "mattermost.unauthorized";
  const state = await readGatewayState(homePaths(home));
  assert(state.kind === "stopped");
  assert.equal(state.status.ended?.problem?.code, code);
  const log = (await readFile(homePaths(home).gatewayLogFile, "utf8")).trimEnd().split("\n");
  const { event, code: logged } = JSON.parse(log.at(-1) ?? "");
  assert.deepEqual([event, logged], ["gateway.failed", code]);
}

test("[C03] a person's token on a server that wants MFA ends the process with 78 and names MFA", async () => {
  await using lab = await BinaryLab.open({ settings: { enforceMfa: true } });
  const token = lab.sandbox.token("alice").reveal();
  await using gateway = await lab.start({ env: { MATTERMOST_TOKEN: token } });
  assert.equal(await gateway.exited, 78);
  assert.match(gateway.printed.join("\n"), /MFA/);
});

test("a person's token works, and the start warns that this person cannot talk to the bot", async () => {
  await using lab = await BinaryLab.open();
  const token = lab.sandbox.token("alice").reveal();
  await using gateway = await lab.connected({ env: { MATTERMOST_TOKEN: token } });
  const warning = await gateway.logged("gateway.token_of_a_person");
  assert.equal(warning.level, "warn");
  assert.match(String(warning.hint), /alice, who cannot talk to the bot/);
});
