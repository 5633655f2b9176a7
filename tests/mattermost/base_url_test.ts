import assert from "node:assert/strict";
import { test } from "node:test";
import { parseServerUrl } from "../../src/mattermost/base_url.ts";
import { Lab } from "./support/lab.ts";

const site = ["https://chat.example.com", "wss://chat.example.com"] as const;
const subpath = ["https://chat.example.com/mm", "wss://chat.example.com/mm"] as const;
const local = ["http://localhost:8065", "ws://localhost:8065"] as const;

const spellings: readonly [typed: string, expected: readonly [rest: string, socket: string]][] = [
  ["https://chat.example.com", site],
  ["https://chat.example.com/", site],
  ["https://chat.example.com///", site],
  ["  https://chat.example.com\n", site],
  ["HTTPS://Chat.Example.COM", site],
  ["https://chat.example.com:443", site],
  ["wss://chat.example.com", site],
  ["https://chat.example.com/api/v4", site],
  ["https://chat.example.com/api/v4/", site],
  ["https://chat.example.com//api/v4", site],
  ["wss://chat.example.com/api/v4/websocket", site],
  ["https://chat.example.com/api/v4/users/me?x=1", site],
  ["https://chat.example.com/lab/channels/town-square", site],
  ["https://chat.example.com/lab/messages/@alice", site],
  ["https://chat.example.com/lab/pl/bhghgkc1b7gw38yko6n3rn618o", site],
  ["https://chat.example.com/lab/threads", site],
  ["https://chat.example.com/login?redirect_to=%2Flab", site],
  ["https://chat.example.com/select_team#x", site],
  ["https://chat.example.com/admin_console/about", site],
  ["https://chat.example.com/mm", subpath],
  ["https://chat.example.com/mm/", subpath],
  ["https://chat.example.com/mm//api/v4/", subpath],
  ["https://chat.example.com/mm/lab/channels/town-square", subpath],
  ["https://chat.example.com/mm/login", subpath],
  ["wss://chat.example.com/mm/api/v4/websocket/", subpath],
  ["http://localhost:8065", local],
  ["http://localhost:8065/", local],
  ["ws://localhost:8065/api/v4/websocket", local],
  ["http://[::1]:8065", ["http://[::1]:8065", "ws://[::1]:8065"]],
  ["https://10.0.0.5:8443/", ["https://10.0.0.5:8443", "wss://10.0.0.5:8443"]],
  // Not pages of a team: a server may live there.
  ["https://x.org/acme/channels", ["https://x.org/acme/channels", "wss://x.org/acme/channels"]],
  ["https://x.org/channels/chat", ["https://x.org/channels/chat", "wss://x.org/channels/chat"]],
];

for (const [typed, [rest, socket]] of spellings) {
  test(`[C01] parseServerUrl() understands ${JSON.stringify(typed)}`, () => {
    assert.deepEqual(parseServerUrl(typed), {
      siteUrl: rest,
      restUrl: `${rest}/api/v4`,
      socketUrl: `${socket}/api/v4/websocket`,
    });
  });
}

const problems: readonly [typed: string, problem: RegExp][] = [
  ["", /is empty/],
  ["   ", /is empty/],
  ["chat.example.com", /write "https:\/\/chat\.example\.com"/],
  ["chat.example.com/mm", /write "https:\/\/chat\.example\.com\/mm"/],
  ["localhost:8065", /write "http:\/\/localhost:8065"/],
  ["//chat.example.com", /write "https:\/\/chat\.example\.com"/],
  ["https:/chat.example.com", /write "https:\/\/chat\.example\.com"/],
  ["https//chat.example.com", /write "https:\/\/chat\.example\.com"/],
  ["ftp://chat.example.com", /"ftp" cannot be used: write "https:\/\/chat\.example\.com"/],
  ["https://", /is not an address/],
  ["https://chat example.com", /is not an address/],
  ["https://chat.example.com:99999", /is not an address/],
  ["https://bot:hunter2@chat.example.com", /has a user name in it/],
];

for (const [typed, problem] of problems) {
  test(`[C01] parseServerUrl() refuses ${JSON.stringify(typed)} and says what to write`, () => {
    const parsed = parseServerUrl(typed);
    assert.ok("problem" in parsed);
    assert.match(parsed.problem, problem);
    assert.doesNotMatch(parsed.problem, /hunter2/);
    const [, told] = /write "(.*)"/.exec(parsed.problem) ?? [];
    assert.equal(parsed.suggestion, told);
  });
}

test("[C01] parseServerUrl() suggests nothing for what is no address with https either", () => {
  assert.deepEqual(Object.keys(parseServerUrl("chat example")), ["problem"]);
});

test("parseServerUrl() does not repeat a password, whatever else is wrong", () => {
  for (const typed of ["bot:hun/ter2@chat.org", "https://bot:hun/ter2@chat:port", "x://a:hun@b"]) {
    const parsed = parseServerUrl(typed);
    assert.ok("problem" in parsed);
    assert.doesNotMatch(parsed.problem, /hun|ter2/);
  }
});

test("[C01] listen() and the API stay below the subpath and put no slash at the end", async () => {
  await using lab = await Lab.start({ basePath: "/mm" });
  const listening = lab.listen();
  await listening.event("connected");
  await lab.api().getMe(new AbortController().signal);
  assert.deepEqual(lab.sandbox.requests.map(({ path }) => path), ["/mm/api/v4/users/me"]);
  assert.deepEqual(lab.sandbox.upgrades.map(({ path }) => path), ["/mm/api/v4/websocket"]);
});
