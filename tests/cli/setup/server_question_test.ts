import assert from "node:assert/strict";
import { test } from "node:test";
import { askServer } from "../../../src/cli/setup/server_question.ts";
import { certificatePath, pem } from "../../runtime/servers.ts";
import { KEEP, ScriptedPrompter, type Step } from "./scripted_prompter.ts";
import { SetupLab, type SetupLabInput } from "./setup_lab.ts";

/** Asks for the server alone, and gives what was said and the address that came of it. */
async function ask(lab: SetupLab, steps: readonly Step[], input: SetupLabInput = {}) {
  const prompter = new ScriptedPrompter(steps);
  const context = await lab.context(prompter, input);
  const settled = await askServer(context);
  assert.deepEqual(prompter.left, [], "all was asked");
  assert.equal(context.draft.answers.get("mattermost.url")?.value, settled.serverUrl.siteUrl);
  return { ...settled, prompter, draft: context.draft, url: settled.serverUrl.siteUrl };
}

const ADDRESS = /Address of your Mattermost server/;

for (const more of ["/", "/api/v4", "/api/v4/", "/lab/channels/general", "//", "/login"]) {
  test(`askServer() repairs the server's address with ${more} at its end, and shows it`, async () => {
    await using lab = await SetupLab.open({ basePath: "/mm" });
    const { url, isReached, prompter } = await ask(lab, [[ADDRESS, lab.sandbox.url + more]]);
    assert.equal(url, lab.sandbox.url);
    assert.equal(isReached, true);
    assert.deepEqual(prompter.said("good"), [`Mattermost 11.6.0 answers at ${lab.sandbox.url}`]);
  });
}

test("askServer() offers the scheme that is missing", async () => {
  await using lab = await SetupLab.open();
  const bare = lab.sandbox.url.replace("http://", "");
  const { url } = await ask(lab, [
    [ADDRESS, bare],
    [/does not begin with https:\/\/ or http:\/\/\. Use http:\/\/127\.0\.0\.1:\d+\?/, true],
  ]);
  assert.equal(url, lab.sandbox.url);
});

test("askServer() offers where a redirect leads, and asks again with the same when it is not meant", async () => {
  await using lab = await SetupLab.open();
  await using elsewhere = await SetupLab.open();
  lab.sandbox.faults.movedTo = elsewhere.sandbox.url;
  const offer = new RegExp(`sends on to another address\\. Use ${elsewhere.sandbox.url}\\?`);
  const { url, prompter } = await ask(lab, [
    [ADDRESS, lab.sandbox.url],
    [offer, false],
    [ADDRESS, KEEP],
    [offer, true],
  ]);
  assert.equal(url, elsewhere.sandbox.url);
  assert.deepEqual(prompter.initials, ["", lab.sandbox.url]);
});

test("askServer() finds the server above a path that is too long", async () => {
  await using lab = await SetupLab.open({ basePath: "/mm" });
  const { url } = await ask(lab, [
    [ADDRESS, `${lab.sandbox.url}/some/page`],
    [/There is no Mattermost at .*\/mm\/some\/page, but above it\. Use .*\/mm\?/, true],
  ]);
  assert.equal(url, lab.sandbox.url);
});

test("[P66] askServer() says why an address is wrong, and asks again with what was typed", async () => {
  await using lab = await SetupLab.open();
  lab.sandbox.faults.rest.push({ times: 1, answer: { kind: "html", status: 200 } });
  const { prompter } = await ask(lab, [
    [ADDRESS, "not an address"],
    [ADDRESS, lab.sandbox.url],
    [ADDRESS, KEEP],
  ]);
  const [malformed, page] = prompter.said("problem");
  assert.match(malformed ?? "", /^"not an address" does not say http or https/);
  assert.match(page ?? "", /a web page came with status 200\. Check/);
  assert.deepEqual(prompter.initials, ["", "not an address", lab.sandbox.url]);
});

test("[P66] askServer() offers at the third time to keep a server that is away, and not before", async () => {
  await using lab = await SetupLab.open();
  await lab.sandbox.goDown();
  const { isReached, prompter } = await ask(lab, [
    [ADDRESS, lab.sandbox.url],
    [ADDRESS, KEEP],
    [ADDRESS, KEEP],
    [/Keep it all the same, unchecked\?/, true],
  ]);
  assert.equal(isReached, false);
  assert.equal(prompter.said("problem").length, 3);
  assert.match(prompter.said("problem")[0] ?? "", /connection refused\. Check the address/);
});

test("[P66] askServer() keeps what a proxy says is away, and never what is no Mattermost", async () => {
  await using lab = await SetupLab.open();
  const pages = (status: number) => ({ times: 3, answer: { kind: "html", status } }) as const;
  lab.sandbox.faults.rest.push(pages(200), pages(502));
  const again: Step[] = [[ADDRESS, lab.sandbox.url], [ADDRESS, KEEP], [ADDRESS, KEEP]];
  const { isReached } = await ask(lab, [
    ...again,
    [ADDRESS, KEEP],
    [/Keep it all the same, unchecked\?/, true],
  ]);
  assert.equal(isReached, false);
});

test("askServer() warns of http:// to another machine, and takes it when the person insists", async () => {
  await using lab = await SetupLab.open();
  const input = { isChecked: false };
  const far = "http://chat.example.com";
  const { url, prompter } = await ask(lab, [
    [ADDRESS, far],
    [/Use it all the same\?/, false],
    [ADDRESS, far],
    [/Use it all the same\?/, true],
  ], input);
  assert.equal(url, far);
  assert.match(prompter.said("warning")[0] ?? "", /travel unencrypted/);
  const given = await ask(lab, [], { ...input, given: { url: far } });
  assert.equal(given.prompter.said("warning").length, 1, "on the command line nobody is asked");
});

test("askServer() asks for the authority of a certificate that it does not trust", async () => {
  await using lab = await SetupLab.open({ tls: { key: pem("server_key"), cert: pem("server") } });
  const { draft, isReached, prompter } = await ask(lab, [
    [ADDRESS, lab.sandbox.url],
    [/What now\?/, "Give another"],
    [ADDRESS, KEEP],
    [/What now\?/, "Name the PEM file"],
    [/Path of the PEM file/, "/nowhere/ca.pem"],
    [/Path of the PEM file/, certificatePath("ca")],
  ]);
  assert.equal(isReached, true);
  assert.equal(draft.answers.get("mattermost.ca_file")?.value, certificatePath("ca"));
  const problems = prompter.said("problem");
  assert.match(problems[0] ?? "", /an authority that this machine does not trust/);
  assert.match(problems[2] ?? "", /Cannot use the CA file "\/nowhere\/ca\.pem": no such file/);

  const given = { url: lab.sandbox.url, caFile: certificatePath("ca") };
  assert.equal((await ask(lab, [], { given })).isReached, true);
});

for (
  const [what, url, code] of [
    ["no scheme", "chat.example.com", "setup.malformed"],
    ["no address", "https://", "setup.malformed"],
    ["nobody there", "http://127.0.0.1:2", "setup.refused"],
  ] as const
) {
  test(`[P70] askServer() refuses ${what} from the command line, and asks nothing`, async () => {
    await using lab = await SetupLab.open();
    await assert.rejects(ask(lab, [], { given: { url } }), { code });
  });
}
