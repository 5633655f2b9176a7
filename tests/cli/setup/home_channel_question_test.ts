import assert from "node:assert/strict";
import { test } from "node:test";
import { askHomeChannel } from "../../../src/cli/setup/home_channel_question.ts";
import { seedLab } from "../../../src/sandbox/seed.ts";
import type { World } from "../../../src/sandbox/world.ts";
import { KEEP, ScriptedPrompter, type Step } from "./scripted_prompter.ts";
import { SetupLab, type SetupLabInput } from "./setup_lab.ts";

async function ask(
  lab: SetupLab,
  steps: readonly Step[],
  { isReached = true, ...input }: SetupLabInput & { isReached?: boolean } = {},
) {
  const prompter = new ScriptedPrompter(steps);
  const context = await lab.context(prompter, input);
  await askHomeChannel(isReached ? lab.access : undefined, context);
  assert.deepEqual(prompter.left, [], "all was asked");
  return { prompter, answer: context.draft.answers.get("mattermost.home_channel") };
}

const HOME = /^Home channel/;
const TYPED = /^The channel: ~name/;

function idOf(lab: SetupLab, name: string): string {
  return lab.sandbox.world.channelNamed(name)?.id ?? "";
}

test("askHomeChannel() offers the channels that the bot is in, and none at all", async () => {
  await using lab = await SetupLab.open();
  const picked = await ask(lab, [
    [/\[None .*\| ~general .*\| ~secret .*\| ~town-square .*\| Another one/, "~secret"],
  ]);
  assert.deepEqual(picked.answer, { value: idOf(lab, "secret"), shown: "~secret" });
  const none = await ask(lab, [[HOME, KEEP]]);
  assert.equal(none.answer?.value, undefined);
});

test("askHomeChannel() names the team of each channel where the bot is in several", async () => {
  const seed = (world: World) => {
    seedLab(world);
    const bot = world.userNamed("hermes")?.id ?? "";
    const team = world.addTeam({ name: "ops", display_name: "Operations" });
    world.joinTeam(team.id, bot);
    world.join(world.addChannel({ name: "general", type: "O", team_id: team.id }).id, bot);
  };
  await using lab = await SetupLab.open({ seed });
  const { answer, prompter } = await ask(lab, [
    [/Lab: ~general .*\| Operations: ~general/, "Another one"],
    [TYPED, "general"],
    [TYPED, "ops/general"],
  ]);
  assert.equal(answer?.shown, "Operations: ~general");
  const several =
    /Several teams have a channel "general": lab, ops\. Write the team too, e\.g\. lab\/general/;
  assert.match(prompter.said("problem")[0] ?? "", several);
});

test("[P66] askHomeChannel() says why a typed channel will not do, and takes none instead", async () => {
  await using lab = await SetupLab.open();
  const { admin, world } = lab.sandbox;
  admin.archive("town-square");
  const team = world.teams.values().next().value;
  world.addChannel({ name: "far", type: "O", team_id: team?.id ?? "" });
  const { answer, prompter } = await ask(lab, [
    [HOME, "Another one"],
    [TYPED, "~nowhere"],
    [TYPED, "~far"],
    [TYPED, "~town-square"],
    [TYPED, ""],
  ]);
  assert.equal(answer?.value, undefined);
  const problems = prompter.said("problem");
  assert.match(problems[0] ?? "", /There is no channel "~nowhere".*\/invite @hermes/);
  assert.match(problems[1] ?? "", /The bot is not in ~far\. Write \/invite @hermes there first/);
  assert.match(problems[2] ?? "", /~town-square is archived/);
});

test("askHomeChannel() takes a link, and begins with the channel that is set", async () => {
  await using lab = await SetupLab.open();
  await lab.write(".env", `MATTERMOST_HOME_CHANNEL=${idOf(lab, "general")}\n`);
  const kept = await ask(lab, [[HOME, KEEP]]);
  assert.equal(kept.answer?.value, idOf(lab, "general"));
  const link = `${lab.sandbox.url}/lab/channels/secret`;
  const linked = await ask(lab, [[HOME, "Another one"], [TYPED, link]]);
  assert.equal(linked.answer?.value, idOf(lab, "secret"));
});

test("[P70] askHomeChannel() takes a channel or none from the command line, unasked", async () => {
  await using lab = await SetupLab.open();
  const given = await ask(lab, [], { given: { homeChannel: "~general" } });
  assert.equal(given.answer?.value, idOf(lab, "general"));
  const none = await ask(lab, [], { given: { homeChannel: false } });
  assert.equal(none.answer?.value, undefined);
  await assert.rejects(ask(lab, [], { given: { homeChannel: "~nowhere" } }), {
    code: "setup.refused",
  });
  const away = { isReached: false, given: { homeChannel: "~general" } };
  await assert.rejects(ask(lab, [], away), { code: "setup.malformed" });
});

test("[P66] askHomeChannel() keeps an id at the third time when the server fails, and no name", async () => {
  await using lab = await SetupLab.open();
  const failure = { kind: "error", status: 500, id: "app.channel.get.app_error" } as const;
  lab.sandbox.faults.rest.push({ path: /^\/(?:channels|teams)\//, answer: failure });
  const { answer } = await ask(lab, [
    [HOME, "Another one"],
    [TYPED, "~nowhere"],
    [TYPED, KEEP],
    [TYPED, "q".repeat(26)],
    [/Keep it all the same, unchecked\?/, true],
  ]);
  assert.equal(answer?.value, "q".repeat(26));
});
