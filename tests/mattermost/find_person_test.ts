import assert from "node:assert/strict";
import { test } from "node:test";
import { findPerson } from "../../src/mattermost/find_person.ts";
import { MattermostApiError } from "../../src/mattermost/errors.ts";
import { Lab } from "./support/lab.ts";

const never = new AbortController().signal;

/** Whom the bot of the lab finds: the kind, and the name where there is one. */
async function find(lab: Lab, typed: string): Promise<string> {
  const found = await findPerson(typed, { api: lab.api(), botUserId: lab.botUserId }, never);
  return "user" in found ? `${found.kind} ${found.user.username}` : found.kind;
}

test("findPerson() takes a name, with or without @, in any case, an e-mail address and an id", async () => {
  await using lab = await Lab.start();
  const { id } = lab.sandbox.user("alice");
  for (const typed of ["@alice", "alice", " @Alice ", "Alice@Example.test", id]) {
    assert.equal(await find(lab, typed), "found alice", typed);
  }
});

test("findPerson() takes a name that looks like an id for a name", async () => {
  await using lab = await Lab.start();
  const username = "abcdefghijklmnopqrstuvwxyz";
  lab.sandbox.admin.createUser(username);
  assert.equal(await find(lab, username), `found ${username}`);
});

test("findPerson() tells nobody from somebody who cannot talk to the bot", async () => {
  await using lab = await Lab.start();
  const { admin } = lab.sandbox;
  admin.createUser("otherbot", { isBot: true });
  admin.deactivate("bob");
  const cases: readonly [typed: string, expected: string][] = [
    ["@nobody", "unknown"],
    ["nobody@example.test", "unknown"],
    ["x".repeat(26), "unknown"],
    ["Alice Smith", "unknown"],
    ["../me", "unknown"],
    ["@bob", "deactivated bob"],
    [lab.sandbox.user("bob").id, "deactivated bob"],
    ["@hermes", "is_the_bot hermes"],
    [lab.botUserId, "is_the_bot hermes"],
    ["@otherbot", "is_a_bot otherbot"],
  ];
  for (const [typed, expected] of cases) assert.equal(await find(lab, typed), expected, typed);
});

test("findPerson() says when the server hides e-mail addresses", async () => {
  await using lab = await Lab.start({ settings: { emailAddresses: false } });
  assert.equal(await find(lab, "alice@example.test"), "may_not_look_up");
});

test("findPerson() throws what is no answer about a person", async () => {
  await using lab = await Lab.start();
  const error = { kind: "error", status: 500, id: "app.user.get.app_error" } as const;
  lab.sandbox.faults.rest.push({ answer: error });
  await assert.rejects(find(lab, "@alice"), MattermostApiError);
});
