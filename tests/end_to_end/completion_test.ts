import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { tempDir } from "../support/temp_dir.ts";

/** What is typed, the last word unfinished, and what is offered, among others. */
const typed: readonly [words: readonly string[], offered: readonly string[], not: string][] = [
  [["con"], ["config"], "doctor"],
  [["config", "un"], ["unset"], "set"],
  [["config", "get", "mattermost.re"], ["mattermost.reply_mode"], "model.default"],
  [["config", "get", "--re"], ["--reveal"], "--json"],
  [["gateway", "--set", "mattermost.reply"], ["mattermost.reply_mode="], "mattermost.reply_mode"],
  [["tools", "disable", "me"], ["memory", "messaging"], "web"],
  [["completion", "z"], ["zsh"], "bash"],
];

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
  zsh: `compdef() { :; }; compadd() { print -l -- "\${(@)@:#-*}"; }
_describe() { print -l -- "\${(@P)4%%:*}"; }; _files() { :; }
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
      for (const [words, offered, not] of typed) {
        // fish takes the arguments behind the command as they are, the others behind a name.
        const args = shell === "fish" ? words : ["-", ...words];
        const env = { PATH: process.env.PATH ?? "", SCRIPT: script.path, HOME: "/nonexistent" };
        const asked = spawnSync(shell, ["-c", ask, ...args], { env, encoding: "utf8" });
        const lines = asked.stdout.split("\n");
        for (const word of offered) {
          assert.ok(lines.includes(word), `${words.join(" ")}: ${asked.stdout}${asked.stderr}`);
        }
        assert.ok(!lines.includes(not), `${words.join(" ")} offers ${not}`);
      }
    },
  );
}

test("hermes completion names the shells that it knows", async () => {
  const { exitCode, stderr } = await runBinary(["completion", "tcsh"], { env: {} });
  assert.equal(exitCode, 2);
  assert.match(stderr, /bash, zsh, fish/);
});
