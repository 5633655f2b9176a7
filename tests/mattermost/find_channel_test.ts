import assert from "node:assert/strict";
import { test } from "node:test";
import { findChannel, loadMembership } from "../../src/mattermost/find_channel.ts";
import type { World } from "../../src/sandbox/world.ts";
import { seedLab } from "../../src/sandbox/seed.ts";
import { Lab } from "./support/lab.ts";

const never = new AbortController().signal;

/** The seeded lab, a second team of the bot with a `general` of its own, and a third without the bot. */
function seedTeams(world: World): void {
  seedLab(world);
  const bot = world.userNamed("hermes")?.id ?? "";
  const admin = world.userNamed("admin")?.id ?? "";
  for (const name of ["ops", "hr"]) {
    const team = world.addTeam({ name, display_name: name.toUpperCase() });
    world.joinTeam(team.id, admin);
    if (name === "ops") world.joinTeam(team.id, bot);
    for (const channelName of ["general", `${name}-only`, `${name}-hidden`]) {
      const type = channelName.endsWith("hidden") ? "P" : "O";
      const channel = world.addChannel({ name: channelName, type, team_id: team.id });
      world.join(channel.id, admin);
      if (name === "ops" && channelName === "general") world.join(channel.id, bot);
    }
  }
}

async function find(lab: Lab, typed: string): Promise<string> {
  const api = lab.api();
  const membership = await loadMembership(api, never);
  const found = await findChannel(typed, { api, membership }, never);
  switch (found.kind) {
    case "found":
      return `found ${found.team?.name}/${found.channel.name}`;
    case "ambiguous":
      return `ambiguous ${found.teams.map((team) => team.name).sort()}`;
    case "not_member":
      return `not_member ${found.channel?.name}`;
    case "archived":
      return `archived ${found.channel.name}`;
    case "unknown":
      return "unknown";
  }
}

test("loadMembership() names the teams of the bot, and the team of each channel it is in", async () => {
  await using lab = await Lab.start({ seed: seedTeams });
  const { teams, channels } = await loadMembership(lab.api(), never);
  assert.deepEqual(teams.map((team) => [team.name, team.display_name]), [["lab", "Lab"], [
    "ops",
    "OPS",
  ]]);
  const names = channels.map(({ channel, team }) => team && `${team.name}/${channel.name}`);
  assert.deepEqual(names.filter((name) => name !== undefined).sort(), [
    "lab/general",
    "lab/secret",
    "lab/town-square",
    "ops/general",
  ]);
  assert.equal(names.filter((name) => name === undefined).length, 3, "direct channels have none");
});

test("findChannel() takes a name, a team with a name, a link and an id", async () => {
  await using lab = await Lab.start({ seed: seedTeams });
  const secret = lab.sandbox.world.channelNamed("secret");
  const cases: readonly [typed: string, expected: string][] = [
    ["~town-square", "found lab/town-square"],
    ["Town-Square", "found lab/town-square"],
    [" lab/general ", "found lab/general"],
    ["ops/~general", "found ops/general"],
    [`${lab.sandbox.url}/ops/channels/general`, "found ops/general"],
    [`${lab.sandbox.url}/lab/channels/secret?x=1`, "found lab/secret"],
    [secret?.id ?? "", "found lab/secret"],
    ["general", "ambiguous lab,ops"],
  ];
  for (const [typed, expected] of cases) assert.equal(await find(lab, typed), expected, typed);
});

test("findChannel() tells a channel without the bot from one that does not exist", async () => {
  await using lab = await Lab.start({ seed: seedTeams });
  const { admin, world } = lab.sandbox;
  admin.archive("town-square");
  const idOf = (name: string) => world.channelNamed(name)?.id ?? "";
  const cases: readonly [typed: string, expected: string][] = [
    ["ops-only", "not_member ops-only"],
    [idOf("ops-only"), "not_member ops-only"],
    ["ops-hidden", "unknown"],
    [idOf("ops-hidden"), "not_member undefined"],
    ["hr/hr-only", "unknown"],
    ["~town-square", "archived town-square"],
    [idOf("town-square"), "archived town-square"],
    ["no-such-channel", "unknown"],
    ["x".repeat(26), "unknown"],
    ["", "unknown"],
  ];
  for (const [typed, expected] of cases) assert.equal(await find(lab, typed), expected, typed);
});
