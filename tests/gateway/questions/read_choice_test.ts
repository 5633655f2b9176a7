import assert from "node:assert/strict";
import { test } from "node:test";
import { buttonProps, withoutButtons } from "../../../src/gateway/questions/question_buttons.ts";
import { readButton, readReaction } from "../../../src/gateway/questions/read_choice.ts";

const approval = { kind: "approval", choices: [] } as const;
const clarification = { kind: "clarification", choices: ["red", "green @all"] } as const;
const once = { kind: "allowed", scope: "once" };
const always = { kind: "allowed", scope: "always" };
const denied = { kind: "denied" };

test("[P106] [S03] readReaction() knows what decides", () => {
  const cases: Readonly<Record<string, unknown>> = {
    "+1": once,
    thumbsup: once,
    "+1_medium_dark_skin_tone": once,
    white_check_mark: once,
    infinity: always,
    "-1": denied,
    thumbsdown_light_skin_tone: denied,
    x: denied,
    eyes: undefined,
    one: undefined,
    "100": undefined,
    heart: undefined,
  };
  for (const [name, answer] of Object.entries(cases)) {
    assert.deepEqual(readReaction(name, approval), answer, name);
  }
});

test("[P260] readReaction() takes a number below a question for that choice, and nothing else", () => {
  assert.deepEqual(readReaction("two", clarification), { kind: "answered", text: "green @all" });
  for (const name of ["three", "+1", "infinity", "constructor"]) {
    assert.equal(readReaction(name, clarification), undefined, name);
  }
});

test("[P259] a button says what it was made with, and nothing that it was not", () => {
  assert.deepEqual(
    ["once", "always", "deny", "session"].map((id) => readButton(id, approval)),
    [once, always, denied, { kind: "allowed", scope: "session" }],
  );
  for (const id of ["", "1", "forever", "constructor"]) {
    assert.equal(readButton(id, approval), undefined, id);
  }
  assert.deepEqual(readButton("1", clarification), { kind: "answered", text: "red" });
  for (const id of ["0", "3", "1.5", "x", ""]) {
    assert.equal(readButton(id, clarification), undefined, id);
  }
});

interface Shown {
  readonly attachments: readonly [{ readonly actions: readonly Record<string, unknown>[] }];
}

test("[P259] [S02] buttonProps() makes ids that the server finds, and keeps the secret where nobody sees it", () => {
  const place = { url: "http://bot.example/action", secret: "s3cret" };
  for (const question of [approval, clarification]) {
    const { attachments: [{ actions }] } = buttonProps(question, place) as unknown as Shown;
    assert.equal(actions.length, question.kind === "approval" ? 4 : 2);
    for (const { id, integration, ...shown } of actions) {
      assert.match(String(id), /^[A-Za-z0-9]+$/);
      assert.deepEqual(integration, { url: place.url, context: { secret: "s3cret", choice: id } });
      assert.doesNotMatch(JSON.stringify(shown), /s3cret|@all/);
    }
  }
  assert.deepEqual(buttonProps({ kind: "clarification", choices: [] }, place), {});
});

test("[P259] withoutButtons() keeps the other props, and leaves them alone where there are no buttons", () => {
  const props = { hermes: { re: "a", part: 0 }, attachments: [{}] };
  assert.deepEqual(withoutButtons("done", props), {
    message: "done",
    props: { hermes: { re: "a", part: 0 } },
  });
  assert.deepEqual(withoutButtons("done", { hermes: {} }), { message: "done" });
});
