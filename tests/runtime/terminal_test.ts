import assert from "node:assert/strict";
import { test } from "node:test";
import { describeTerminal } from "../../src/runtime/terminal.ts";

const terminal = { isTTY: true, columns: 120 };
const pipe = {};

test("describeTerminal() tells a terminal from a pipe", () => {
  assert.deepEqual(describeTerminal(terminal, {}), { isTty: true, color: true, widthColumns: 120 });
  assert.deepEqual(describeTerminal(pipe, {}), { isTty: false, color: false, widthColumns: 80 });
  assert.equal(describeTerminal({ isTTY: true, columns: 0 }, {}).widthColumns, 80);
});

test("describeTerminal() lets NO_COLOR beat FORCE_COLOR, and that beat the terminal", () => {
  const cases: readonly [typeof pipe, Record<string, string>, boolean][] = [
    [terminal, { NO_COLOR: "1" }, false],
    [terminal, { NO_COLOR: "" }, true],
    [terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [terminal, { TERM: "dumb" }, false],
    [terminal, { TERM: "dumb", FORCE_COLOR: "1" }, true],
    [terminal, { FORCE_COLOR: "0" }, false],
    [terminal, { FORCE_COLOR: "false" }, false],
    [terminal, { FORCE_COLOR: "" }, true],
    [pipe, { FORCE_COLOR: "1" }, true],
    [pipe, { TERM: "xterm-256color" }, false],
  ];
  for (const [stream, environment, color] of cases) {
    assert.equal(describeTerminal(stream, environment).color, color, JSON.stringify(environment));
  }
});
