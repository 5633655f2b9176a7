import assert from "node:assert/strict";
import { test } from "node:test";
import { askPeople } from "../../../src/cli/setup/people_question.ts";
import { KEEP, ScriptedPrompter, type Step } from "./scripted_prompter.ts";
import { SetupLab, type SetupLabInput } from "./setup_lab.ts";

/** Asks who may talk, and gives what was said and what the draft has of it. */
async function ask(
  lab: SetupLab,
  steps: readonly Step[],
  { isReached = true, ...input }: SetupLabInput & { isReached?: boolean } = {},
) {
  const prompter = new ScriptedPrompter(steps);
  const context = await lab.context(prompter, input);
  const people = await askPeople(isReached ? lab.access : undefined, context);
  assert.deepEqual(prompter.left, [], "all was asked");
  const values = Object.fromEntries(
    [...context.draft.answers].map(([key, answer]) => [key, answer.value]),
  );
  return { people, prompter, values };
}

const WHO = /Who may talk to the bot\?/;
const NAMES = /user names or e-mail addresses/;

test("[P71] askPeople() takes names, e-mail addresses and ids, with commas or blanks between", async () => {
  await using lab = await SetupLab.open();
  const { alice, bob, mallory } = {
    alice: lab.sandbox.user("alice").id,
    bob: lab.sandbox.user("bob").id,
    mallory: lab.sandbox.user("mallory").id,
  };
  const { people, prompter, values } = await ask(lab, [
    [WHO, "Only people"],
    [NAMES, `@alice,Bob@example.test  ${mallory}; alice`],
  ]);
  assert.deepEqual(values, { "mattermost.allowed_users": [alice, bob, mallory].join() });
  assert.deepEqual(people.map(({ username }) => username), ["alice", "bob", "mallory"]);
  assert.deepEqual(prompter.said("good"), ["May talk to the bot: @alice, @bob, @mallory"]);
});

test("[P71] askPeople() says of each who is wrong, by name, and keeps what was typed", async () => {
  await using lab = await SetupLab.open();
  lab.sandbox.admin.createUser("otherbot", { isBot: true });
  lab.sandbox.admin.deactivate("bob");
  const { prompter } = await ask(lab, [
    [WHO, "Only people"],
    [NAMES, ""],
    [NAMES, `alice @nobody bob @hermes ${lab.sandbox.user("hermes").id} otherbot`],
    [NAMES, "alice"],
  ]);
  const [empty, wrong] = prompter.said("problem");
  assert.equal(empty, "Nobody is named. Name at least one person, e.g. @alice.");
  assert.equal(
    wrong,
    'The server knows nobody called "@nobody"; @bob is deactivated; @hermes is the bot itself; ' +
      "@hermes is the bot itself; @otherbot is a bot, and bots are not answered. " +
      "Correct this, and leave the others.",
  );
  assert.match(prompter.initials[2] ?? "", /^alice @nobody bob/);
});

test("askPeople() says when the server hides e-mail addresses", async () => {
  await using lab = await SetupLab.open({ settings: { emailAddresses: false } });
  const { prompter } = await ask(lab, [
    [WHO, "Only people"],
    [NAMES, "alice@example.test"],
    [NAMES, "alice"],
  ]);
  assert.match(
    prompter.said("problem")[0] ?? "",
    /does not let the bot look "alice@example\.test" up/,
  );
});

test("askPeople() lets everyone in when that is said twice, and nobody with a warning", async () => {
  await using lab = await SetupLab.open();
  const everyone = await ask(lab, [
    [WHO, "Everyone"],
    [/Is that what you want\?/, false],
    [WHO, "Everyone"],
    [/Is that what you want\?/, true],
  ]);
  assert.deepEqual(everyone.values, { "mattermost.allow_all_users": "true" });
  const nobody = await ask(lab, [[WHO, "Nobody"]]);
  assert.match(nobody.prompter.said("warning")[0] ?? "", /answers nobody/);
  assert.ok(Object.values(nobody.values).every((value) => value === undefined));
});

test("askPeople() shows by name who is allowed, and takes back that everyone is", async () => {
  await using lab = await SetupLab.open();
  const { alice, bob } = { alice: lab.sandbox.user("alice").id, bob: lab.sandbox.user("bob").id };
  await lab.write(
    ".env",
    `MATTERMOST_ALLOWED_USERS=${alice},${bob}\nMATTERMOST_ALLOW_ALL_USERS=true\nGATEWAY_ALLOWED_USERS=${bob}\n`,
  );
  const { prompter, values } = await ask(lab, [[WHO, "Only people"], [NAMES, "@alice"]]);
  assert.deepEqual(prompter.initials, ["@alice, @bob"]);
  assert.deepEqual(values, {
    "mattermost.allowed_users": alice,
    "mattermost.allow_all_users": undefined,
  });
  assert.match(prompter.said("warning")[0] ?? "", new RegExp(`lets 1 more in: ${bob}`));
});

test("askPeople() takes ids alone when the server is away", async () => {
  await using lab = await SetupLab.open();
  const id = lab.sandbox.user("alice").id;
  const { people, prompter } = await ask(lab, [
    [WHO, "Only people"],
    [NAMES, "@alice"],
    [NAMES, id],
  ], { isReached: false });
  assert.deepEqual(people, [{ id }]);
  assert.match(
    prompter.said("problem")[0] ?? "",
    /"@alice" is not an id, and nobody can be looked up/,
  );
});

test("[P66] askPeople() keeps ids at the third time when the server fails, and never names", async () => {
  await using lab = await SetupLab.open();
  const failure = { kind: "error", status: 500, id: "app.user.get.app_error" } as const;
  lab.sandbox.faults.rest.push({ answer: failure });
  const id = lab.sandbox.user("alice").id;
  const { values } = await ask(lab, [
    [WHO, "Only people"],
    [NAMES, "@alice"],
    [NAMES, KEEP],
    [NAMES, KEEP],
    [NAMES, id],
    [/Keep it all the same, unchecked\?/, true],
  ]);
  assert.deepEqual(values, { "mattermost.allowed_users": id });
});

test("[P70] askPeople() takes the command line at its word, or refuses it in one sentence", async () => {
  await using lab = await SetupLab.open();
  const everyone = await ask(lab, [], { given: { people: { kind: "everyone" } } });
  assert.deepEqual(everyone.values, { "mattermost.allow_all_users": "true" });
  const wrong = { given: { people: { kind: "listed", people: "@nobody,alice" } } } as const;
  await assert.rejects(ask(lab, [], wrong), {
    code: "setup.refused",
    message: 'The server knows nobody called "@nobody"',
  });
});
