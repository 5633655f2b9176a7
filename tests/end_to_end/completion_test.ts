import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { tempDir } from "../support/temp_dir.ts";

interface Typed {
  /** The last word is not finished. */
  readonly words: readonly string[];
  /** What is offered, among others. */
  readonly offered: readonly string[];
  /** What is not. */
  readonly others: readonly string[];
}

const typed: readonly Typed[] = [
  { words: ["con"], offered: ["config"], others: ["doctor"] },
  { words: ["config", "un"], offered: ["unset"], others: ["set"] },
  { words: ["config", "s"], offered: ["set", "show", "schema"], others: ["unset", "setup"] },
  {
    words: ["config", "get", "mattermost.re"],
    offered: ["mattermost.reply_mode", "mattermost.require_mention"],
    others: ["model.default"],
  },
  { words: ["config", "set", "model.default", "m"], offered: [], others: ["model.default"] },
  { words: ["config", "set", "--env", "model.d"], offered: ["model.default"], others: [] },
  { words: ["config", "get", "--re"], offered: ["--reveal"], others: ["--json"] },
  {
    words: ["gateway", "--set", "mattermost.reply"],
    offered: ["mattermost.reply_mode="],
    others: ["mattermost.reply_mode"],
  },
  { words: ["gateway", "--set", "config", "st"], offered: ["start", "stop"], others: ["--set"] },
  { words: ["gateway", "st"], offered: ["start", "stop", "status"], others: ["install"] },
  { words: ["setup", "--reply-mode", "th"], offered: ["thread"], others: ["off"] },
  { words: ["logs", "-n", "doctor", "--f"], offered: ["--follow"], others: ["--level"] },
  { words: ["logs", "--level", "w"], offered: ["warn"], others: ["--follow", "error"] },
  { words: ["tools", "disable", "me"], offered: ["memory", "messaging"], others: ["web"] },
  { words: ["tools", "disable", "web", "me"], offered: ["memory"], others: ["web"] },
  { words: ["completion", "z"], offered: ["zsh"], others: ["bash"] },
  { words: ["demo", "--script", "/et"], offered: ["/etc"], others: [] },
];

/** What a shell does with `--set=VALUE` before it asks. */
const onlyIn: Readonly<Record<string, readonly Typed[]>> = {
  bash: [
    { words: ["gateway", "--set", "=", "model.d"], offered: ["model.default="], others: [] },
    { words: ["logs", "--level", "="], offered: ["warn", "error"], others: ["--follow"] },
  ],
};

async function scriptFor(shell: string): Promise<{ path: string } & AsyncDisposable> {
  const dir = await tempDir();
  const { stdout, exitCode } = await runBinary(["completion", shell], { env: {} });
  assert.equal(exitCode, 0);
  const path = join(dir.path, "completion");
  await writeFile(path, stdout);
  return { path, [Symbol.asyncDispose]: dir[Symbol.asyncDispose] };
}

/** How each shell is asked what it would offer for the words `$@`, the script being `$SCRIPT`. */
const ASK: Readonly<Record<string, string>> = {
  bash:
    `. "$SCRIPT"; COMP_WORDS=(hermes "$@"); COMP_CWORD=$#; _hermes; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // What zsh does with the words is its own business; here they are only printed.
  zsh: `compdef() { :; }; compadd() { shift $@[(i)--]; print -l -- "$@"; }
_describe() { print -l -- "\${(@P)4%%:*}"; }; _files() { print -l -- /*; }; compset() { :; }
. "$SCRIPT"; words=(hermes "$@"); CURRENT=$(( $# + 1 )); _hermes | grep -- "^\${words[CURRENT]}"`,
  fish: `source $SCRIPT; complete -C "hermes $argv" | string replace -r '\\t.*' ''`,
};

for (const [shell, ask] of Object.entries(ASK)) {
  const isThere = spawnSync(shell, ["-c", "exit 0"]).status === 0;
  const skip = isThere ? false : `there is no ${shell} here`;
  test(
    `[P42] hermes completion ${shell} offers commands, options and settings`,
    { skip },
    async () => {
      await using script = await scriptFor(shell);
      const env = { PATH: process.env.PATH ?? "", SCRIPT: script.path, HOME: "/nonexistent" };
      for (const { words, offered, others } of [...typed, ...(onlyIn[shell] ?? [])]) {
        // fish takes the arguments behind the command as they are, the others behind a name.
        const args = shell === "fish" ? words : ["-", ...words];
        const asked = spawnSync(shell, ["-c", ask, ...args], { env, encoding: "utf8" });
        const lines = asked.stdout.split("\n").map((line) => line.replace(/(?<=.)\/$/, ""));
        const seen = `hermes ${words.join(" ")}: ${asked.stdout}${asked.stderr}`;
        for (const word of offered) assert.ok(lines.includes(word), `no ${word} for ${seen}`);
        for (const word of others) assert.ok(!lines.includes(word), `${word} for ${seen}`);
        assert.equal(asked.stderr, "", seen);
      }
    },
  );
}

test("hermes completion names the shells that it knows", async () => {
  const { exitCode, stderr } = await runBinary(["completion", "tcsh"], { env: {} });
  assert.equal(exitCode, 2);
  assert.match(stderr, /bash, zsh, fish/);
});
