import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { CommandBook } from "../../../src/gateway/callbacks/command_book.ts";
import {
  registerCommands,
  removeCommands,
} from "../../../src/gateway/callbacks/register_commands.ts";
import { CommandApi } from "../../../src/mattermost/command_api.ts";
import { Lab, network } from "../../mattermost/support/lab.ts";
import { tempDir } from "../../support/temp_dir.ts";

const NEVER = new AbortController().signal;
const URL_OF_BOT = "http://bot.example/hermes/command";
const WANTED = ["hermes", "new", "stop"].map((trigger) => ({ trigger, hint: "", description: "" }));

async function openLab() {
  const lab = await Lab.start();
  const { sandbox } = lab;
  const home = await tempDir();
  const folder = join(home.path, "state");
  const api = new CommandApi({ ...lab.listenerDeps(), token: sandbox.token("hermes"), ...network });
  const log = () => {};
  const { id: userId, username } = sandbox.user("hermes");
  const teams = [...sandbox.world.teams.values()];
  const register = async (url = URL_OF_BOT, wanted = WANTED) => {
    const book = await CommandBook.open(folder, log);
    const deps = { api, book, bot: { userId, username }, url, log };
    await registerCommands(wanted, teams, deps, NEVER);
    return book;
  };
  const triggers = () => [...sandbox.world.commands.values()].map(({ trigger }) => trigger).sort();
  return {
    sandbox,
    api,
    folder,
    register,
    triggers,
    creates: () =>
      sandbox.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/commands"))
        .length,
    async [Symbol.asyncDispose]() {
      await lab[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

test("[P257] registerCommands() makes each command once, and keeps its token where nobody else reads it", async () => {
  await using lab = await openLab();
  lab.sandbox.admin.makeTeamAdmin("hermes");
  const book = await lab.register();
  assert.deepEqual(lab.triggers(), ["hermes", "new", "stop"]);
  assert.equal((await stat(join(lab.folder, "native_commands.json"))).mode & 0o777, 0o600);
  const [first] = book.made;
  assert.equal(first?.token.reveal(), lab.sandbox.world.commands.get(first?.id ?? "")?.token);
  const again = await lab.register();
  assert.equal(lab.creates(), 3);
  assert.deepEqual(again.made.map(({ id }) => id), book.made.map(({ id }) => id));
});

test("[P257] registerCommands() replaces commands of another address, and those whose token is lost", async () => {
  await using lab = await openLab();
  lab.sandbox.admin.makeTeamAdmin("hermes");
  const [before] = (await lab.register("http://old.example/command")).made;
  const { made } = await lab.register(URL_OF_BOT, WANTED.slice(0, 2));
  assert.deepEqual(lab.triggers(), ["hermes", "new"]);
  assert.ok(!made.some(({ id }) => id === before?.id));
  const commands = [...lab.sandbox.world.commands.values()];
  assert.deepEqual(commands.map(({ url }) => url), [URL_OF_BOT, URL_OF_BOT]);
  const [lost] = made;
  await (await CommandBook.open(lab.folder, () => {})).remove(lost?.id ?? "");
  const now = await lab.register();
  assert.deepEqual(lab.triggers(), ["hermes", "new", "stop"]);
  assert.deepEqual(
    now.made.map(({ id }) => id).sort(),
    [...lab.sandbox.world.commands.keys()].sort(),
  );
});

test("[P257] [S08] registerCommands() leaves alone what others made, and says what it could not have", async () => {
  await using lab = await openLab();
  const refused = await lab.register();
  assert.deepEqual(refused.problems.map(({ kind, teamName }) => [kind, teamName]), [[
    "forbidden",
    "Lab",
  ]]);
  lab.sandbox.admin.makeTeamAdmin("hermes");
  lab.sandbox.admin.makeTeamAdmin("alice");
  const [team] = lab.sandbox.world.teams.keys();
  await fetch(`${lab.sandbox.url}/api/v4/commands`, {
    method: "POST",
    headers: { authorization: `Bearer ${lab.sandbox.token("alice").reveal()}` },
    body: JSON.stringify({
      team_id: team,
      trigger: "stop",
      url: "http://alice.example",
      method: "P",
    }),
  });
  const book = await lab.register();
  assert.deepEqual(book.problems.map(({ kind, trigger }) => [kind, trigger]), [["taken", "stop"]]);
  assert.deepEqual(lab.triggers(), ["hermes", "new", "stop"]);
  assert.equal(await removeCommands({ api: lab.api, book }, NEVER), 0);
  assert.deepEqual(lab.triggers(), ["stop"]);
  assert.deepEqual((await CommandBook.open(lab.folder, () => {})).made, []);
});
