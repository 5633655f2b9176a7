import assert from "node:assert/strict";
import { test } from "node:test";
import { accessOf, requireMattermost } from "../../src/config/require_mattermost.ts";
import { load, messages, OTHER_USER_ID, TOKEN, USER_ID } from "./home.ts";

const URL_LINE = "MATTERMOST_URL=https://chat.example.com\n";
const TOKEN_LINE = `MATTERMOST_TOKEN=${TOKEN}\n`;

async function problemsOf(env: string | Uint8Array): Promise<string[]> {
  const mattermost = requireMattermost(await load({ env }));
  return mattermost.kind === "refused" ? messages(mattermost.problems) : [];
}

test("requireMattermost() gives address, token and access when they are there", async () => {
  const mattermost = requireMattermost(await load({ env: URL_LINE + TOKEN_LINE }));
  assert.ok(mattermost.kind === "ready");
  assert.equal(mattermost.url, "https://chat.example.com");
  assert.equal(mattermost.token.reveal(), TOKEN);
  assert.deepEqual(mattermost.access, { kind: "listed", userIds: new Set() });
});

test("[P17] requireMattermost() tells what is missing together with all other problems", async () => {
  assert.deepEqual(await problemsOf("MATTERMOST_REPLY_MODE=x\n"), [
    'MATTERMOST_REPLY_MODE in HOME/.env, line 1, is "x": write off or thread',
    "MATTERMOST_URL is not set: put the address of your Mattermost server into .env",
    "MATTERMOST_TOKEN is not set: put the bot token of your Mattermost server into .env",
  ]);
});

test("requireMattermost() does not call missing what is wrong", async () => {
  const [problem, ...others] = await problemsOf(`MATTERMOST_URL=x\n${TOKEN_LINE}`);
  assert.match(problem ?? "", /^MATTERMOST_URL in HOME\/\.env, line 1, does not begin/);
  assert.deepEqual(others, []);
});

test("requireMattermost() does not call missing what may stand in a file it could not read", async () => {
  assert.deepEqual(await problemsOf(Uint8Array.of(0xff)), [
    "HOME/.env has bytes that are not UTF-8: save it as UTF-8",
  ]);
});

const ACCESS: [env: string, expected: "everyone" | string[]][] = [
  ["", []],
  [`MATTERMOST_ALLOWED_USERS=${USER_ID}`, [USER_ID]],
  [`GATEWAY_ALLOWED_USERS=${USER_ID}`, [USER_ID]],
  [
    `MATTERMOST_ALLOWED_USERS=${USER_ID}\nGATEWAY_ALLOWED_USERS=${OTHER_USER_ID},${USER_ID}`,
    [USER_ID, OTHER_USER_ID],
  ],
  ["MATTERMOST_ALLOWED_USERS=*", "everyone"],
  [`GATEWAY_ALLOWED_USERS=*\nMATTERMOST_ALLOWED_USERS=${USER_ID}`, "everyone"],
  [`MATTERMOST_ALLOW_ALL_USERS=true\nMATTERMOST_ALLOWED_USERS=${USER_ID}`, "everyone"],
  ["GATEWAY_ALLOW_ALL_USERS=true", "everyone"],
  [`GATEWAY_ALLOW_ALL_USERS=true\nMATTERMOST_ALLOWED_USERS=${USER_ID}`, [USER_ID]],
  [`GATEWAY_ALLOW_ALL_USERS=true\nGATEWAY_ALLOWED_USERS=${USER_ID}`, [USER_ID]],
];

for (const [env, expected] of ACCESS) {
  test(`accessOf() lets in ${expected.length === 0 ? "nobody" : expected} for ${JSON.stringify(env)}`, async () => {
    const { config } = await load({ env });
    assert.ok(config !== undefined);
    const access = accessOf(config);
    assert.deepEqual(access.kind === "everyone" ? "everyone" : [...access.userIds], expected);
  });
}
