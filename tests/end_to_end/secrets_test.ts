import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";

const API_KEY = "sk-canary-0123456789abcdef";
const ASKED = "canary-question-7f3a";
const ANSWERED = "canary-answer-9c1e";

async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("[C39] [P23] tokens, keys and texts are where they belong and nowhere else", async () => {
  await using lab = await BinaryLab.open();
  const token = lab.sandbox.token("hermes").reveal();
  const yaml = "  api_key: ${CANARY_API_KEY}\nagent:\n  api_max_retries: 0\n";
  await using gateway = await lab.connected({ env: { CANARY_API_KEY: API_KEY }, yaml });
  lab.model.answer = () => ({ kind: "text", text: ANSWERED });
  await lab.ask(gateway, "alice", ASKED);
  lab.model.answer = () => ({ kind: "failure", status: 401, message: `bad key ${API_KEY}` });
  const failure = await lab.ask(gateway, "alice", `${ASKED} again`);
  assert.match(failure, /^⚠️/);
  assert.doesNotMatch(failure, /canary/);
  lab.sandbox.cut("hermes");
  await gateway.logged("gateway.disconnected");
  assert.equal(await gateway.stop(), 0);

  const printed = [...gateway.printed, ...gateway.lines.map((line) => JSON.stringify(line))];
  for (const canary of [token, API_KEY, ASKED, ANSWERED]) {
    assert.deepEqual(printed.filter((line) => line.includes(canary)), [], "in what was printed");
  }
  const holders: Record<string, RegExp> = {
    [token]: /^\.env$/,
    [API_KEY]: /^\.env$/,
    [ASKED]: /^sessions\//,
    [ANSWERED]: /^sessions\//,
  };
  for (const path of await filesBelow(gateway.home)) {
    const name = path.slice(gateway.home.length + 1);
    const text = await readFile(path, "utf8");
    for (const [canary, holder] of Object.entries(holders)) {
      if (!holder.test(name)) assert.ok(!text.includes(canary), `${name} holds a canary`);
    }
  }
  assert.ok(lab.model.requests.every((request) => request.authorization === `Bearer ${API_KEY}`));
  assert.ok(lab.model.requests.every((request) => !request.body.includes(API_KEY)));
  assert.ok(lab.model.requests.every((request) => !request.body.includes(token)));
});

test("[P23] what the gateway writes is for its owner alone", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  await lab.ask(gateway, "alice", "hello");
  await gateway.stop();
  for (const folder of ["sessions", "state"]) {
    const path = join(gateway.home, folder);
    assert.equal((await stat(path)).mode & 0o777, 0o700, folder);
    const files = await filesBelow(path);
    assert.ok(files.length > 0, `${folder} is empty`);
    for (const file of files) assert.equal((await stat(file)).mode & 0o777, 0o600, file);
  }
});
