import assert from "node:assert/strict";
import { test } from "node:test";
import { findMentions } from "../../src/mattermost/mentions.ts";
import { defuseMentions, defusePost } from "../../src/replies/defuse_mentions.ts";
import { splitPost } from "../../src/replies/split_post.ts";
import { seededRandom } from "../support/seeded_random.ts";

const notifies = (text: string) => {
  const { here, channel, all } = findMentions(text);
  return here || channel || all;
};

const defused: readonly [text: string, result: string][] = [
  ["@channel", "@\u200bchannel"],
  ["Hi @Here, @ALL!", "Hi @\u200bHere, @\u200bALL!"],
  ["\\@channel", "\\@\u200bchannel"],
  ["> @all\n\n| @here |", "> @\u200ball\n\n| @\u200bhere |"],
  ["# @all's", "# @\u200ball's"],
  ["[@here](x) x/@here", "[@\u200bhere](x) x/@\u200bhere"],
  ["`@all` @all", "`@all` @\u200ball"],
  ["`@all @all", "`@\u200ball @\u200ball"],
  ["```\n@all\n```\n@all", "```\n@all\n```\n@\u200ball"],
  ["    @all", "    @\u200ball"],
  ["@al&#108;", "@\u200bal&#108;"],
  ["@channe&#x4c; x", "@\u200bchanne&#x4c; x"],
];
for (const [text, result] of defused) {
  test(`[C30] defuseMentions() makes ${JSON.stringify(result)} of ${JSON.stringify(text)}`, () => {
    assert.equal(defuseMentions(text), result);
    assert.equal(notifies(result), false);
  });
}

const untouched = ["@alice", "@channels", "@hereby", "@allison", "@all1", "all", "@\u200ball", ""];
test("defuseMentions() leaves all other names as they are", () => {
  for (const text of untouched) assert.equal(defuseMentions(text), text);
});

test("defuseMentions() leaves code as it is, with text of any kind around it", () => {
  for (
    const code of [
      "Run `npm i @all/foo` (or `@here`), then **`@channel`**.",
      "See https://x.y/z.\n\n- `@all`\n- `` `@here` ``\n",
      "A [link](http://x.y) first:\n\n```ts\n@All()\nclass A {}\n```\n\nand `@all` again",
      "~~~~\n@here\n~~~~\n",
      "```\n@here is never closed",
    ]
  ) assert.equal(defuseMentions(code), code);
});

test("defuseMentions() takes nothing for code that another reading makes text", () => {
  for (
    const text of [
      "``` `\n@all",
      "```\n  a ``` b\n@all\n```",
      "> ```\n@all",
      "- ```\n@all",
      "- a\n  ```\n```\n@all",
      "\\`@all`",
      "http://x.y/` `@all`",
      "[a](b`c) `@all`",
      '[a](b "x `y") z` `@all`',
      "[a `b](c) d` `@all`",
      "`a\n` `@all`",
      "```\nx\r```\r@all",
      "`(`a`@all`",
      "```\r@all",
      `\`${"x".repeat(100)} @all\``,
    ]
  ) assert.ok(!/@all/.test(defuseMentions(text)), text);
});

test("[C30] defuseMentions() lets no part of a random text notify a channel, wherever it is cut", () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  let partsWithCode = 0;
  let oddParts = 0;
  for (let round = 0; round < 1_500; round += 1) {
    const text = randomText(random.float);
    const result = defuseMentions(text);
    assert.equal(result.replaceAll("\u200b", ""), text);
    assert.equal(defuseMentions(result), result, "idempotent");
    for (const runesMax of [400, 450, 600, 1_000, 16_383]) {
      for (const part of splitPost(result, runesMax)) {
        const shown = defusePost(part.text);
        assert.equal(notifies(shown), false, JSON.stringify({ text, runesMax, part }));
        if (shown !== part.text) oddParts += 1;
        if (/@(channel|all|here)/i.test(part.text)) partsWithCode += 1;
      }
    }
  }
  assert.ok(partsWithCode > 100, "there was code to leave alone");
  assert.ok(oddParts < 10, "the last look is for oddities");
});

test("defuseMentions() takes linear time for a megabyte", () => {
  for (const unit of ["@all ", "`@all` ", "`", "` ", "~~~\n", "```\n@all\n```\n", "(`a` ", "@"]) {
    const text = `@here ${unit.repeat(1_000_000 / unit.length)}`;
    const startMs = performance.now();
    defuseMentions(text);
    assert.ok(performance.now() - startMs < 5_000, unit); // The square takes minutes.
  }
});

const PIECES = [
  "@here",
  "@all",
  "@channel",
  "@CHANNEL",
  "@channels",
  "@al&#108;",
  "`@all`",
  "``@here``",
]
  .concat([
    "[a](b)",
    "[`@all`](u)",
    "https://x.y/@here ",
    "www.x.y/`@all` ",
    " ",
    " ",
    "\n",
    "\n\n",
    "    ",
  ])
  .concat(["\n\t", "\n- ", "\n  ", "\n1. ", "\n> ", "\n```\n", "\n```js\n", "\n~~~\n", "\n  ```\n"])
  .concat(["\n- ```\n", "\n> ```\n", "\n````\n", "`", "``", "```", "\\", "[", "]", "(", ")", "]("])
  .concat([
    "\n[a]: ",
    "![",
    "<",
    '"',
    "'",
    "http://",
    ":",
    ".",
    "|",
    "\n| a | @all |\n",
    "\r",
    "\r\n",
  ])
  .concat([
    "\u00a0",
    "\ufeff",
    "👨‍👩‍👧‍👦",
    "é",
    "。",
    "word ".repeat(20),
    "word ".repeat(50),
    "x".repeat(90),
  ]);

function randomText(float: () => number): string {
  const pick = () => PIECES[Math.floor(float() * PIECES.length)];
  return Array.from({ length: 1 + Math.floor(float() * 200) }, pick).join("");
}
