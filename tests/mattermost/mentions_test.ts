import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { findMentions, mentionsUser, stripMention } from "../../src/mattermost/mentions.ts";
import { seededRandom } from "../support/seeded_random.ts";

interface OracleCase {
  readonly message: string;
  readonly bot: "keyword" | "channel" | null;
  readonly here: boolean;
  readonly all: boolean;
  readonly channel: boolean;
}

const oracle: readonly OracleCase[] = JSON.parse(await readFixture("mention-oracle.json"));

test("[C17] findMentions() says of 140 messages what the server's own code says", () => {
  assert.equal(oracle.length, 140);
  for (const { message, bot, here, all, channel } of oracle) {
    const mentions = findMentions(message);
    assert.deepEqual(
      [mentions.names.has("hermes"), mentions.here, mentions.all, mentions.channel],
      [bot === "keyword", here, all, channel],
      message,
    );
    assert.equal(mentionsUser(message, "hermes") !== undefined, bot === "keyword", message);
  }
});

test("[C17] findMentions() agrees with the mentions that a live server sent", async () => {
  const table: { cases: { message: string; mentions_field: string | null; attachments?: [] }[] } =
    JSON.parse(await readFixture("mattermost-contract/ws-mentions-syntax-table.json"));
  for (const { message, mentions_field, attachments } of table.cases) {
    if (attachments !== undefined) continue;
    const { names, here, all, channel } = findMentions(message);
    const notified = names.has("hermes") || here || all || channel;
    assert.equal(notified, mentions_field !== null, message);
  }
});

test("[C17] findMentions() agrees with the written rules on random words", () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  const alphabet = [..."@@@@abKİé1。，.:-_ ,;/", "all", "here", "channel", "@all", "@here"];
  for (let round = 0; round < 20_000; round += 1) {
    const length = 1 + Math.floor(random.float() * 14);
    const pick = () => alphabet[Math.floor(random.float() * alphabet.length)];
    // A word before it, so that the text is never indented code, a list or a definition.
    const text = `x ${Array.from({ length }, pick).join("")}`;
    if (/:[a-z0-9_\-+]+:|:\/\//.test(text)) continue; // Emoji and addresses are not words.
    const { names, here, all, channel } = findMentions(text);
    const found = new Set(names);
    for (const [name, isFound] of Object.entries({ here, all, channel })) {
      if (isFound) found.add(name);
    }
    assert.deepEqual([...found].sort(), [...namesBySlowRules(text)].sort(), text);
  }
});

const structures: readonly [title: string, text: string, isMentioned: boolean][] = [
  ["a quote goes on without its mark", "> a\n@bob", true],
  ["a fence in a quote ends with the quote", "> ```\n> a\n@bob", true],
  ["a fence in a list ends with the item", "- ```\n  a\n@bob", true],
  ["a fence in a list holds its item", "- ```\n  @bob", false],
  ["a shorter fence does not close", "````\n```\n@bob", false],
  ["the other fence does not close", "~~~\n```\n@bob", false],
  ["a fence that is indented by four does not close", "```\na\n    ```\n@bob", false],
  ["a fence with a backtick behind it is no fence", "``` `\n@bob", true],
  ["a tab is four spaces", "\t@bob", false],
  ["an item may stand far to the right after a list", "1234567. a\n      - @bob", true],
  ["code in an item is six columns in", "- a\n\n       @bob", false],
  ["a second item is not a paragraph of the first", "1. a\n2. @bob", true],
  ["a span of code ends in the next line", "`a\n@bob`", false],
  ["a span of code does not end in the next paragraph", "`a\n\n@bob`", true],
  ["a span of code needs as many backticks", "``a` @bob", true],
  ["an escaped backtick begins no code", "\\`@bob`", true],
  ["the address of a link is no text", "[a](/@bob)", false],
  ["the title of a link is no text", '[a](/b "@bob")', false],
  ["an address with parentheses is one", "[a](/b(c)@bob)", false],
  ["what has no address is text", "[a] (@bob)", true],
  ["the size of an image belongs to it", "![a](b =10x20) @bob", true],
  ["a definition is no text", "[a]: /@bob", false],
  ["a definition with a title is no text", '[a]: /b\n"@bob"', false],
  ["a definition with words behind it is text", "[a]: b @bob", true],
  ["a defined label makes a link", "[a]: /u\n\nx [q][a]@bob", true],
  ["an address takes what follows it", "http://a.b,@bob", false],
  ["an address ends before a bracket", "http://a.b<@bob", true],
  ["an address is text within brackets", "[http://a.b/@bob]", true],
  ["an underscore makes a host a word", "http://a_b/@bob", true],
  ["www begins an address only after a blank", "yxwww.a.b/@bob", true],
  ["an emoji is no word", ":@bob:", false],
  ["an emoji ends a word", ":+1:@bob", true],
  ["a numeric reference completes a name", "@bo&#98;", true],
  ["a numeric reference cannot begin a mention", "&#64;bob", false],
  ["a reference to nothing is a word", "@bob&#0;", true],
  ["links do not nest", "[a [b](c) d](/@bob)", true],
  ["an address ends without its punctuation", "(http://a.b.) @bob", true],
  ["an image in a link is text", "[![@bob](a)](b)", true],
  ["a w within a link divides a word", "[@bob w](a)", true],
];
for (const [title, text, isMentioned] of structures) {
  test(`[C17] mentionsUser() follows the server's Markdown: ${title}`, () => {
    assert.equal(mentionsUser(text, "bob") !== undefined, isMentioned, text);
  });
}

test("mentionsUser() does not find a name with a w in the text of a link, as the server", () => {
  assert.equal(mentionsUser("[@news](x)", "news"), undefined);
  assert.deepEqual(mentionsUser("[@news]", "news"), { start: 1, end: 6 });
});

test("mentionsUser() finds names that end in punctuation, and no others", () => {
  assert.deepEqual(mentionsUser("a @x.y_- b", "x.y_"), { start: 2, end: 7 });
  assert.deepEqual(mentionsUser("a @x.y_- b", "x.y_-"), { start: 2, end: 8 });
  assert.equal(mentionsUser("cc:@x.y", "x.y"), undefined);
  assert.equal(mentionsUser("@x.y", "x"), undefined);
});

test("mentionsUser() gives the place of the first mention in the text, past marks and escapes", () => {
  const texts = [
    "> a\n> b `@bob` @Bob, @bob",
    "- x\n\n  1. y\n     > @BOB",
    "[a]: b\n\n[@bob](c) @bob",
    "x [@bob](c) \\@bob",
    "a\r\n@bob\r\n",
    "😀 @bob",
  ];
  const places = texts.map((text) => mentionsUser(text, "bob")?.start);
  assert.deepEqual(places, [15, 19, 9, 3, 3, 3]);
  assert.deepEqual(mentionsUser("@bo&#98; x", "bob"), { start: 0, end: 8 });
});

test("findMentions() looks at 131,072 bytes and at nothing in a longer text", () => {
  const longest = `@bob ${"é".repeat(65_533)}`;
  assert.equal(findMentions(`${longest}x`).names.has("bob"), true);
  assert.equal(findMentions(`${longest}xx`).names.size, 0);
  assert.equal(findMentions(`@bob ${"x".repeat(131_068)}`).names.size, 0);
});

test("findMentions() leaves out names that no account can have", () => {
  const name = "n".repeat(64);
  assert.deepEqual([...findMentions(`@${name} @${name}n @`).names], [name]);
});

const hostile = [
  ..."@[]`>*&\\_:w<!-\n\t",
  ...[
    "@.",
    "``` ",
    "`` ` ",
    "\\``",
    "[](",
    "[](<",
    "![](",
    "[a](b (",
    '[a](b "',
    "[a]: (\n",
    "&#64;",
  ],
  ...["> ", ">\n", "> > ", "- ", "- a\n\n", "1. ", "~~~\n", "```\n@a\n", "| @a |\n", "@a\n", "@a "],
  ...["www.<", "www.*", "http://a_", "http://a<", "://", ":a", "![", "[a](b)", "[[a](b)", "[a][b]"],
  ...["    a\n", "\r", "  \n", "\u00a0", "x@a.", "@a.b-c:", "[](a ", "![a](b =1x1)"],
];
for (const unit of hostile) {
  test(`findMentions() takes time in proportion to the length of ${JSON.stringify(unit)}`, () => {
    const short = fastestMs(hostileText(unit, 65_536));
    const long = fastestMs(hostileText(unit, 131_072));
    // What grows with the square takes minutes; a busy machine takes a second.
    assert.ok(long < Math.max(2_000, short * 6), `${short} ms, then ${long} ms`);
  });
}

const nested: readonly string[] = [
  `${"[](".repeat(20_000)}${" ".repeat(60_000)}@a`,
  `${"- ".repeat(500)}${"\n".repeat(100_000)}@a`,
  `${">".repeat(60_000)}\n@a\n${">\n".repeat(20_000)}`,
  `[x]: y\n\n${"[".repeat(40_000)}${"a".repeat(3_000)}${"]".repeat(40_000)}@a`,
  `${"![".repeat(20_000)}${"[a](b)".repeat(10_000)}@a`,
  Array.from({ length: 500 }, (_, index) => "`".repeat(index + 1)).join(" ") + "@a",
];
test("findMentions() reads nested marks in bounded time", () => {
  for (const text of nested) assert.ok(fastestMs(text) < 4_000, text.slice(0, 20));
});

const stripped: readonly [text: string, rest: string][] = [
  ["@bob", ""],
  ["  @bob  ", ""],
  ["@bob hi", "hi"],
  ["@Bob: hi", "hi"],
  ["@bob , hi", "hi"],
  ["@bob /help", "/help"],
  ["@bob\nnext", "\nnext"],
  ["@bob:\n```\n@bob\n```", "\n```\n@bob\n```"],
  ["\n@bob hi", "\nhi"],
  ["hi @bob", "hi"],
  ["hi @bob.", "hi."],
  ["hi @bob, you", "hi, you"],
  ["hi @bob you", "hi you"],
  ["(@bob)", "()"],
  ["a\n  @bob b", "a\n  b"],
  ["`@bob` and @bob-2 wrote x@bob.com to @bob", "`@bob` and @bob-2 wrote x@bob.com to"],
  ["@bob tell @bob", "tell @bob"],
  ["@bob 😀", "😀"],
];
for (const [text, rest] of stripped) {
  test(`[C18] stripMention() makes ${JSON.stringify(rest)} of ${JSON.stringify(text)}`, () => {
    const range = mentionsUser(text, "bob");
    assert.ok(range);
    assert.equal(stripMention(text, range), rest);
  });
}

test("[C18] [S04] stripMention() takes the mention and the blanks and mark beside it, nothing else", () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  const pieces = [
    "@hermes",
    "@hermes-2",
    "`@hermes`",
    "a@hermes.com",
    " ",
    "\n",
    ":",
    ",",
    "> ",
    "x",
  ];
  const texts = Array.from({ length: 5_000 }, () => {
    const pick = () => pieces[Math.floor(random.float() * pieces.length)];
    return Array.from({ length: 1 + Math.floor(random.float() * 8) }, pick).join("");
  });
  for (const text of [...texts, ...oracle.map(({ message }) => message)]) {
    const range = mentionsUser(text, "hermes");
    if (range === undefined) continue;
    const [before, after] = [text.slice(0, range.start), text.slice(range.end)];
    assert.equal(text.slice(range.start, range.end).toLowerCase(), "@hermes");
    const rest = stripMention(text, range);
    const withBlanks = before.trim() === "" ? /^[ \t]*[:,]?[ \t]*$/ : /^$/;
    const isAllowed = [...Array(before.length + 1).keys()].some((kept) => {
      const taken = before.slice(kept);
      const takenAfter = after.slice(0, after.length - (rest.length - kept));
      return /^[ \t]*$/.test(taken) && (before.trim() === "" || taken.length <= 1) &&
        withBlanks.test(takenAfter) &&
        rest === before.slice(0, kept) + after.slice(takenAfter.length);
    });
    assert.ok(isAllowed, `${JSON.stringify(text)} became ${JSON.stringify(rest)}`);
  }
});

function readFixture(path: string): Promise<string> {
  return readFile(new URL(`../fixtures/${path}`, import.meta.url), "utf8");
}

/** The server's tokeniser, slowly and rule by rule, for text without Markdown. */
function namesBySlowRules(text: string): Set<string> {
  const found = new Set<string>();
  const look = (word: string) => {
    const name = word.replaceAll("İ", "i").toLowerCase();
    if (name.startsWith("@") && name !== "@") found.add(name.slice(1));
  };
  let words = [""];
  for (const character of text) {
    if (/[\p{L}\p{N}:.\-_@]/u.test(character)) words[words.length - 1] += character;
    else words.push("");
  }
  words = words.filter((word) => word !== "" && !(word[0] === ":" && word.at(-1) === ":"));
  for (let word of words) {
    while (":.-_".includes(word.charAt(0)) && word !== "") word = word.slice(1);
    look(word);
    let shorter = word;
    while (shorter !== "" && ".-:_".includes(shorter.charAt(shorter.length - 1))) {
      shorter = shorter.slice(0, -1);
      look(shorter);
    }
    if (!word.startsWith("@")) word.split(/[.:-]/).forEach(look);
  }
  return found;
}

function hostileText(unit: string, length: number): string {
  return `@a ${unit.repeat(length / unit.length)}`.slice(0, length);
}

/** The best of a few runs: other work on the machine only ever adds to it. */
function fastestMs(text: string): number {
  const times = Array.from({ length: 3 }, () => {
    const startMs = performance.now();
    findMentions(text);
    return performance.now() - startMs;
  });
  return Math.min(...times);
}
