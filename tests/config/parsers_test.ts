import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import {
  absolutePath,
  boolean,
  channelIdList,
  channelTexts,
  choice,
  id,
  integer,
  type Parser,
  proxyUrl,
  seconds,
  secret,
  textList,
  userIdList,
  webUrl,
} from "../../src/config/parsers.ts";
import { rawText, type RawValue } from "../../src/config/raw_value.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { CHANNEL_ID, OTHER_USER_ID, USER_ID } from "./home.ts";

const url = webUrl("https://chat.example.com");
const replyMode = choice(["off", "thread"], { false: "off" });

const ACCEPTED: [parser: string, parse: Parser<unknown>, text: string, value: unknown][] = [
  ["boolean", boolean, "true", true],
  ["boolean", boolean, "YES", true],
  ["boolean", boolean, "1", true],
  ["boolean", boolean, "on", true],
  ["boolean", boolean, "False", false],
  ["boolean", boolean, "off", false],
  ["choice", replyMode, "Thread", "thread"],
  ["choice", replyMode, "false", "off"],
  ["integer", integer(1, 10), "1", 1],
  ["integer", integer(1, 10), "10", 10],
  ["seconds", seconds(0, 60), "0", 0],
  ["seconds", seconds(0, 60), "1.5", 1_500],
  ["webUrl", url, "https://chat.example.com", "https://chat.example.com"],
  ["webUrl", url, "HTTP://10.0.0.1:8065/sub/path/", "HTTP://10.0.0.1:8065/sub/path/"],
  ["id", id("channel"), CHANNEL_ID, CHANNEL_ID],
  ["userIdList", userIdList, `${USER_ID}, ${OTHER_USER_ID},,${USER_ID}`, [USER_ID, OTHER_USER_ID]],
  ["userIdList", userIdList, "*", ["*"]],
  ["userIdList", userIdList, ",", []],
  ["channelIdList", channelIdList, CHANNEL_ID, [CHANNEL_ID]],
  ["textList", textList, "localhost, .example.com", ["localhost", ".example.com"]],
  ["absolutePath", absolutePath, "/etc/ssl/ca.pem", "/etc/ssl/ca.pem"],
];

for (const [parser, parse, text, value] of ACCEPTED) {
  test(`${parser} accepts ${JSON.stringify(text)}`, () => {
    const parsed = parse(rawText(text, 3));
    assert.equal(parsed.kind, "accepted");
    assert.deepEqual(parsed.kind === "accepted" && parsed.value, value);
  });
}

const REFUSED: [parser: string, parse: Parser<unknown>, text: string, predicate: RegExp][] = [
  ["boolean", boolean, "maybe", /^is "maybe": write true or false$/],
  ["boolean", boolean, "2", /write true or false/],
  ["choice", replyMode, "threads", /^is "threads": write off or thread$/],
  ["choice", replyMode, "constructor", /write off or thread/],
  ["integer", integer(1, 10), "0", /whole number from 1 to 10/],
  ["integer", integer(1, 10), "11", /from 1 to 10/],
  ["integer", integer(1, 10), "-1", /from 1 to 10/],
  ["integer", integer(1, 10), "1.0", /from 1 to 10/],
  ["integer", integer(1, 10), "0x5", /from 1 to 10/],
  ["integer", integer(1, 1e15), "9".repeat(99), /from 1 to/],
  ["seconds", seconds(1, 60), "0.5", /seconds from 1 to 60/],
  ["seconds", seconds(1, 60), "2m", /seconds from 1 to 60/],
  ["seconds", seconds(1, 60), "Infinity", /seconds from 1 to 60/],
  ["webUrl", url, "wss://chat.example.com", /does not begin with https:\/\/ or http:\/\//],
  ["webUrl", url, "chat.example.com", /does not begin with https:\/\/ or http:\/\/: write it like/],
  ["webUrl", url, "wss://chat.example.com", /does not begin with https/],
  ["webUrl", url, "https://", /is not a valid address/],
  ["webUrl", url, "https://me:pw@chat.example.com", /holds a user name or a password/],
  ["id", id("channel"), "town-square", /is "town-square": write the id of a channel, 26/],
  ["userIdList", userIdList, "alice", /holds "alice", which is not a user id: user names are not/],
  ["userIdList", userIdList, USER_ID.toUpperCase(), /is not a user id/],
  ["userIdList", userIdList, `${USER_ID} ${OTHER_USER_ID}`, /is not a user id/],
  ["channelIdList", channelIdList, "*", /holds "\*", which is not a channel id/],
  ["secret", secret, "two words", /has a space/],
  ["secret", secret, "pässword", /another character that no token has/],
  ["secret", secret, "your-token-here", /is a placeholder/],
  ["secret", secret, "***", /is a placeholder/],
  ["secret", secret, "${TOKEN}", /is a placeholder/],
  ["secret", secret, "<token>", /is a placeholder/],
  ["absolutePath", absolutePath, "ca.pem", /write the whole path/],
  ["proxyUrl", proxyUrl, "socks5://127.0.0.1:1080", /is not an HTTP proxy/],
  ["proxyUrl", proxyUrl, "http://", /is not a valid address/],
];

for (const [parser, parse, text, predicate] of REFUSED) {
  test(`${parser} refuses ${JSON.stringify(text)} and says what to write`, () => {
    const parsed = parse(rawText(text, 3));
    assert.equal(parsed.kind, "refused");
    assert.match(parsed.kind === "refused" ? parsed.problems[0]?.predicate ?? "" : "", predicate);
  });
}

const list: RawValue = { kind: "list", items: [rawText(USER_ID, 1)], line: 1 };
const map: RawValue = { kind: "map", entries: new Map([["a", rawText("b", 1)]]), line: 1 };
const nested: RawValue = { kind: "list", items: [list], line: 1 };

test("every parser of one value refuses a list and a map", () => {
  const one: Parser<unknown>[] = [
    boolean,
    replyMode,
    integer(1, 2),
    seconds(1, 2),
    url,
    secret,
    proxyUrl,
  ];
  for (const parse of one) {
    assert.deepEqual([list, map].map((raw) => parse(raw).kind), ["refused", "refused"]);
  }
});

test("every parser of a list refuses a map and a list in a list", () => {
  const lists: Parser<unknown>[] = [userIdList, channelIdList, textList];
  for (const parse of lists) {
    assert.deepEqual([map, nested].map((raw) => parse(raw).kind), ["refused", "refused"]);
  }
});

test("userIdList names the line of each wrong entry of a YAML list", () => {
  const items = [rawText(USER_ID, 4), rawText("alice", 5), rawText("bob", 6)];
  const parsed = userIdList({ kind: "list", items, line: 3 });
  assert.deepEqual(
    parsed.kind === "refused" && parsed.problems.map(({ line }) => line),
    [5, 6],
  );
});

test("userIdList warns that * lets everyone in", () => {
  const parsed = userIdList(rawText(`${USER_ID},*`));
  assert.match(
    parsed.kind === "accepted" ? parsed.warnings[0]?.predicate ?? "" : "",
    /lets everyone on the server talk to Hermes/,
  );
});

test("a long wrong value is not repeated whole", () => {
  const parsed = boolean(rawText("x".repeat(100_000)));
  assert.ok(parsed.kind === "refused" && (parsed.problems[0]?.predicate.length ?? 0) < 120);
});

test("channelTexts reads texts by channel and has no inherited names", () => {
  const entries = new Map([[CHANNEL_ID, rawText("Be brief.", 2)]]);
  const parsed = channelTexts({ kind: "map", entries, line: 1 });
  assert.ok(parsed.kind === "accepted");
  assert.equal(parsed.value[CHANNEL_ID], "Be brief.");
  assert.equal(parsed.value.constructor, undefined);
});

test("channelTexts names each key that is no channel id and each value that is no text", () => {
  const entries = new Map([["town-square", rawText("x", 2)], [CHANNEL_ID, map]]);
  const parsed = channelTexts({ kind: "map", entries, line: 1 });
  assert.deepEqual(
    parsed.kind === "refused" && parsed.problems.map(({ below, line }) => [below, line]),
    [[".town-square", 2], [`.${CHANNEL_ID}`, 1]],
  );
});

test("[C39] secret and proxyUrl give a Secret that no printing shows", () => {
  for (const parse of [secret, proxyUrl]) {
    const parsed = parse(rawText("http://me:hunter2@proxy.example.com:3128"));
    assert.ok(parsed.kind === "accepted" && parsed.value instanceof Secret);
    assert.doesNotMatch(`${inspect(parsed)}${JSON.stringify(parsed)}`, /hunter2/);
  }
});

test("proxyUrl takes a proxy without a scheme for an http one", () => {
  const parsed = proxyUrl(rawText("proxy.example.com:3128"));
  assert.equal(
    parsed.kind === "accepted" && parsed.value.reveal(),
    "http://proxy.example.com:3128",
  );
});
