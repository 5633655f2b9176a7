import assert from "node:assert/strict";
import { test } from "node:test";
import { parseServerUrl } from "../../../src/mattermost/base_url.ts";
import { checkSocket } from "../../../src/cli/setup/socket_check.ts";
import { askToken } from "../../../src/cli/setup/token_question.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import { ScriptedPrompter, type Step } from "./scripted_prompter.ts";
import { SetupLab, type SetupLabInput } from "./setup_lab.ts";

interface ServerInput extends SetupLabInput {
  readonly isReached?: boolean;
  readonly isKnown?: boolean;
}

/** Asks for the token alone; `isReached: false` stands for a server that is away. */
async function ask(
  lab: SetupLab,
  steps: readonly Step[],
  { isReached = true, isKnown = true, ...input }: ServerInput = {},
) {
  const prompter = new ScriptedPrompter(steps);
  const context = await lab.context(prompter, input);
  const serverUrl = parseServerUrl(lab.sandbox.url);
  assert.ok(!("problem" in serverUrl));
  const server = { serverUrl, isReached, isKnown };
  const access = await askToken(server, context);
  assert.deepEqual(prompter.left, [], "all was asked");
  const written = context.draft.answers.get("mattermost.token")?.value;
  const token = written instanceof Secret ? written.reveal() : written;
  return { access, prompter, token, server, context };
}

const TOKEN = /^Token of the bot/;

test("askToken() tells in four lines how to get one, with links to this server", async () => {
  await using lab = await SetupLab.open({ basePath: "/mm" });
  const { prompter } = await ask(lab, [[TOKEN, lab.botToken]]);
  const [title, ...lines] = prompter.shown.slice(0, 5);
  assert.equal(title, "A bot account for Hermes");
  assert.match(
    lines[0] ?? "",
    new RegExp(`${lab.sandbox.url}/admin_console/integrations/bot_accounts`),
  );
  assert.match(lines[1] ?? "", new RegExp(`${lab.sandbox.url}/_redirect/integrations/bots/add`));
  assert.equal(lines.length, 4);
});

test("[P66] askToken() tells a token that is empty, malformed, unknown, revoked or of a disabled bot", async () => {
  await using lab = await SetupLab.open();
  const { world, admin } = lab.sandbox;
  const disabled = admin.createUser("doomed", { isBot: true });
  const doomed = world.addToken(disabled.id).text;
  admin.deactivate("doomed");
  const { prompter, token } = await ask(lab, [
    [TOKEN, ""],
    [TOKEN, "two words"],
    [TOKEN, "q".repeat(26)],
    [TOKEN, doomed],
    [TOKEN, ` ${lab.botToken}\n`],
  ]);
  const problems = prompter.said("problem");
  assert.match(problems[0] ?? "", /^The token is empty\. Paste the token/);
  assert.match(problems[1] ?? "", /^The token has a space/);
  assert.match(problems[2] ?? "", /^The server does not accept this token\. Copy the token itself/);
  assert.equal(problems[3], problems[2]);
  assert.equal(token, lab.botToken);
});

test("askToken() warns that a person's token keeps this person out, and asks whether it is meant", async () => {
  await using lab = await SetupLab.open();
  const person = lab.sandbox.token("alice").reveal();
  const { access, prompter } = await ask(lab, [
    [TOKEN, person],
    [/Use it all the same\?/, false],
    [TOKEN, person],
    [/Use it all the same\?/, true],
  ]);
  assert.equal(access?.me.username, "alice");
  assert.match(prompter.said("warning")[0] ?? "", /a person, not a bot: @alice cannot talk to it/);
});

test("askToken() warns of an account that administers the server", async () => {
  await using lab = await SetupLab.open();
  lab.sandbox.user("hermes").roles = "system_user system_admin";
  const { prompter } = await ask(lab, [[TOKEN, lab.botToken]]);
  assert.match(prompter.said("warning")[0] ?? "", /@hermes administers the server/);
});

test("askToken() finds out with a second request that the server wants MFA from people", async () => {
  await using lab = await SetupLab.open({ settings: { enforceMfa: true } });
  const { prompter } = await ask(lab, [
    [TOKEN, lab.sandbox.token("alice").reveal()],
    [TOKEN, lab.botToken],
  ]);
  assert.match(prompter.said("problem")[0] ?? "", /Use the token of a bot account.*MFA/);
});

test("askToken() keeps the current token, or says why it does not work any more", async () => {
  await using lab = await SetupLab.open();
  await lab.write(".env", `MATTERMOST_TOKEN=${lab.botToken}\n`);
  const kept = await ask(lab, [[/Keep the current token \(works: @hermes\)/, "Keep"]]);
  assert.equal(kept.access?.me.username, "hermes");
  assert.equal(kept.token, undefined, "nothing to write");
  const second = lab.sandbox.world.addToken(lab.sandbox.user("hermes").id).text;
  const other = await ask(lab, [[/Keep the current token/, "Enter another"], [TOKEN, second]]);
  assert.equal(other.token, second);

  lab.sandbox.admin.revokeTokens("hermes");
  const fresh = lab.sandbox.world.addToken(lab.sandbox.user("hermes").id).text;
  const { prompter } = await ask(lab, [[TOKEN, fresh]]);
  assert.match(prompter.said("problem")[0] ?? "", /does not accept this token/);
});

test("[P69] askToken() sends the current token to another host only when the person keeps it", async () => {
  await using lab = await SetupLab.open();
  await lab.write(".env", `MATTERMOST_TOKEN=${lab.botToken}\n`);
  const second = lab.sandbox.world.addToken(lab.sandbox.user("hermes").id).text;
  const steps: Step[] = [[/Keep the current token \(not tried\)/, "Enter another"], [
    TOKEN,
    second,
  ]];
  await ask(lab, steps, { isKnown: false });
  const sent = lab.sandbox.requests.map(({ headers }) => headers.authorization);
  assert.ok(sent.length > 0 && !sent.includes(`Bearer ${lab.botToken}`));
  const kept = await ask(lab, [[/\(not tried\)/, "Keep"]], { isKnown: false });
  assert.equal(kept.access?.me.username, "hermes");
});

test("askToken() takes a token unchecked when the server is away, but not a malformed one", async () => {
  await using lab = await SetupLab.open();
  const { access, token, prompter } = await ask(lab, [[TOKEN, "two words"], [TOKEN, "abc"]], {
    isReached: false,
  });
  assert.equal(access, undefined);
  assert.equal(token, "abc");
  assert.equal(prompter.said("problem").length, 1);
});

test("[P66] askToken() offers at the third time to keep a token when the server fails meanwhile", async () => {
  await using lab = await SetupLab.open();
  const failure = { kind: "error", status: 500, id: "app.user.get.app_error" } as const;
  lab.sandbox.faults.rest.push({ answer: failure });
  const { access, token } = await ask(lab, [
    [TOKEN, lab.botToken],
    [TOKEN, lab.botToken],
    [TOKEN, lab.botToken],
    [/Keep it all the same, unchecked\?/, true],
  ]);
  assert.equal(access, undefined);
  assert.equal(token, lab.botToken);
});

test("[P69] askToken() refuses a wrong token of the command line without showing it", async () => {
  await using lab = await SetupLab.open();
  const canary = "canary0123456789canary0123";
  const error = await ask(lab, [], { given: { token: new Secret(canary) } })
    .then(() => undefined, (reason: Error & { hint: string }) => reason);
  assert.match(error?.message ?? "", /does not accept this token/);
  assert.doesNotMatch(`${error?.message} ${error?.hint} ${error?.stack}`, /canary/);
});

const SOCKET = /Without the socket the bot hears nothing/;

test("checkSocket() says what keeps the socket from opening, tries again, and lets one go on", async () => {
  await using lab = await SetupLab.open();
  const { access, context, server } = await ask(lab, [[TOKEN, lab.botToken]]);
  assert.ok(access !== undefined);
  lab.sandbox.faults.proxy = "drops_upgrade";
  const prompter = new ScriptedPrompter([[SOCKET, "Try again"], [SOCKET, "Go on"]]);
  await checkSocket(server, access, { ...context, prompter });
  assert.equal(prompter.said("problem").length, 2);
  assert.match(prompter.said("problem")[0] ?? "", /The reverse proxy keeps the WebSocket/);

  lab.sandbox.faults.proxy = "faithful";
  const good = new ScriptedPrompter([]);
  await checkSocket(server, access, { ...context, prompter: good });
  assert.deepEqual(good.said("good"), ["The socket opens"]);
});
