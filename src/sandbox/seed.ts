import type { World } from "./world.ts";

/** The bot's name in the seeded world, and the names of those who talk to it. */
export const SEEDED_BOT = "hermes";
export const SEEDED_PEOPLE = ["alice", "bob", "mallory"] as const;

/**
 * The world a sandbox starts with: team `lab` with the channels `town-square`, `general` (public)
 * and `secret` (private), three people, an administrator, the bot, and a direct channel of each
 * person with the bot. Everybody is everywhere; only mallory is not in `secret`.
 */
export function seedLab(world: World): void {
  const team = world.addTeam({ name: "lab", display_name: "Lab" });
  const admin = world.addUser({ username: "admin", roles: "system_admin system_user" });
  const bot = world.addUser({
    username: SEEDED_BOT,
    first_name: "Hermes Agent",
    is_bot: true,
    bot_description: "Bot of the sandbox",
  });
  const people = SEEDED_PEOPLE.map((username) => world.addUser({ username }));
  const everybody = [admin, bot, ...people];
  for (const user of everybody) {
    world.joinTeam(team.id, user.id);
    world.addToken(user.id);
  }
  for (const [name, displayName, type] of CHANNELS) {
    const channel = world.addChannel({
      name,
      type,
      display_name: displayName,
      team_id: team.id,
      creator_id: admin.id,
    });
    for (const user of everybody) {
      if (name !== "secret" || user.username !== "mallory") world.join(channel.id, user.id);
    }
  }
  for (const person of people) world.directChannel(person.id, bot.id);
}

const CHANNELS = [
  ["town-square", "Town Square", "O"],
  ["general", "General", "O"],
  ["secret", "Secret", "P"],
] as const;
