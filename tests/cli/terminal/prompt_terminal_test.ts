import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { ReadStream } from "node:tty";
import fc from "fast-check";
import { PromptTerminal } from "../../../src/cli/terminal/prompt_terminal.ts";
import { TerminalScreen } from "../../support/terminal_screen.ts";

/** A terminal on which somebody types `input`; `show` stands for output that arrives. */
function openTerminal(columns: number) {
  const screen = new TerminalScreen(columns);
  const rawModes: boolean[] = [];
  const setRawMode = (isRaw: boolean) => rawModes.push(isRaw);
  const input = Object.assign(new PassThrough(), { setRawMode });
  const entered: string[] = [];
  const numbers: number[] = [];
  const terminal = new PromptTerminal({
    input: input as unknown as ReadStream,
    output: screen.asStream(),
    columns: () => columns,
    color: (prompt) => `\x1b[36m${prompt}\x1b[39m`,
    onLine: (line, number) => {
      entered.push(line);
      numbers.push(number);
    },
  });
  /** Resolves when the keys have been read. */
  const type = async (keys: string) => {
    input.write(keys);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { terminal, screen, type, entered, numbers, rawModes, input };
}

test("PromptTerminal keeps what is typed at the prompt while output arrives above it", async () => {
  const { terminal, screen, type } = openTerminal(20);
  terminal.show({ rows: ["first"], live: [] }, "> ");
  await type("hello");
  terminal.show({ rows: ["second"], live: ["typing…"] }, "> ");
  assert.deepEqual(screen.rows, ["first", "second", "typing…", "> hello"]);
  await type("!");
  terminal.show({ rows: ["third"], live: [] }, "> ");
  assert.deepEqual(screen.rows, ["first", "second", "third", "> hello!"]);
  assert.deepEqual(screen.cursor, { row: 3, column: 8 });
});

test("PromptTerminal leaves an entered line in place of the live rows", async () => {
  const { terminal, screen, type, entered } = openTerminal(10);
  terminal.show({ rows: ["first"], live: ["typing…"] }, "> ");
  await type("a line of three rows\r");
  assert.deepEqual(entered, ["a line of three rows"]);
  terminal.show({ rows: ["second"], live: ["typing…"] }, "# ");
  const line = ["> a line o", "f three ro", "ws"];
  assert.deepEqual(screen.rows, ["first", ...line, "second", "typing…", "#"]);
});

test("PromptTerminal takes several lines that are pasted at once", async () => {
  const { terminal, type, entered } = openTerminal(20);
  terminal.show({ rows: [], live: [] }, "> ");
  await type("one\rtwo\r\nthree\r");
  assert.deepEqual(entered.filter((line) => line !== ""), ["one", "two", "three"]);
});

test("[P166] PromptTerminal numbers lines by when their typing began", async () => {
  const { terminal, type, numbers } = openTerminal(20);
  terminal.show({ rows: [], live: [] }, "> ");
  await type("\rone\r\rtw");
  assert.deepEqual(numbers, [1, 2, 3]);
  assert.equal(terminal.linesBegun, 4);
  await type("o\r");
  assert.equal(numbers.at(-1), 4);
  await type("three\x15");
  assert.equal(terminal.linesBegun, 5);
  await type("\x1b[A");
  assert.equal(terminal.linesBegun, 6, "what is taken from the history is begun then");
});

test("[P171] PromptTerminal shows a paste of several lines as one sign, and enters it whole", async () => {
  const { terminal, screen, type, entered } = openTerminal(20);
  terminal.show({ rows: ["first"], live: [] }, "> ");
  await type("see \x1b[200~one\rtw");
  await type("o\x1b[201~ ok");
  assert.deepEqual(screen.rows, ["first", "> see [2 lines paste", "d] ok"]);
  assert.deepEqual(screen.cursor, { row: 2, column: 5 });
  await type("\r");
  assert.deepEqual(entered, ["see one\ntwo ok"]);
  terminal.show({ rows: [], live: [] }, "> ");
  await type("\x1b[A");
  assert.deepEqual(screen.rows.slice(3), ["> [2 lines pasted]"]);
});

for (const [name, keys] of [["Ctrl-C", "abc\x03"], ["Ctrl-D", "\x04"]] as const) {
  test(`PromptTerminal gives the terminal back at ${name}`, async () => {
    const { terminal, screen, type, rawModes } = openTerminal(20);
    terminal.show({ rows: [], live: ["typing…"] }, "> ");
    await type(keys);
    await terminal.closed;
    assert.deepEqual(rawModes, [true, false]);
    assert.deepEqual(screen.rows, [keys.startsWith("abc") ? "> abc" : ">", ""]);
    terminal.show({ rows: ["too late"], live: [] }, "> ");
    assert.ok(!screen.rows.includes("too late"));
  });
}

test("PromptTerminal closes when its input ends or its window is gone", async () => {
  const ended = openTerminal(20);
  ended.input.end();
  await ended.terminal.closed;
  const gone = openTerminal(20);
  gone.screen.emit("error", new Error("EIO"));
  await gone.terminal.closed;
  const failing = openTerminal(20);
  failing.terminal.show({ rows: [], live: [] }, "> ");
  failing.input.setRawMode = () => {
    throw new Error("EIO");
  };
  failing.screen.write = () => assert.fail("nothing is written to a window that is gone");
  failing.input.end();
  await failing.terminal.closed;
});

/** What may happen at a terminal. The arrows are: left, home. */
const ACTIONS = fc.oneof(
  fc.record({
    keys: fc.constantFrom("a", "bc d", "好", "\x1b[D", "\x1b[H", "\x7f", "pasted words"),
  }),
  fc.record({ row: fc.constantFrom("short", "as wide as") }),
  fc.record({ live: fc.constantFrom("typing…", "好好好好好") }),
);

test("PromptTerminal never mixes up rows, live rows and the line, whatever the order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ACTIONS, { maxLength: 25 }), async (actions) => {
      const { terminal, screen, type } = openTerminal(10);
      const typedAlone = openTerminal(10);
      typedAlone.terminal.show({ rows: [], live: [] }, "me> ");
      const rows: string[] = [];
      let live: string[] = [];
      terminal.show({ rows, live }, "me> ");
      for (const action of actions) {
        if ("keys" in action) {
          await type(action.keys);
          await typedAlone.type(action.keys);
        } else if ("row" in action) {
          rows.push(action.row);
          terminal.show({ rows: [action.row], live }, "me> ");
        } else {
          live = [action.live];
          terminal.show({ rows: [], live }, "me> ");
        }
        const above = [...rows, ...live];
        assert.deepEqual(screen.rows, [...above, ...typedAlone.screen.rows]);
        const { row, column } = typedAlone.screen.cursor;
        assert.deepEqual(screen.cursor, { row: row + above.length, column });
      }
    }),
    { numRuns: 60 },
  );
});
