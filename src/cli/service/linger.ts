import type { ServiceContext } from "./service_context.ts";

/**
 * systemd ends the services of a person who has logged out, unless they linger. Has them linger if
 * that is allowed, and says what happens.
 */
export async function keepAfterLogout({ io, world }: ServiceContext): Promise<void> {
  const user = String(world.userId);
  const shown = await world.call(["loginctl", "show-user", user, "--property=Linger"]);
  if (shown.stdout.trim() === "Linger=yes") return;
  const enabled = await world.call(["loginctl", "--no-ask-password", "enable-linger", user]);
  if (enabled.code === 0) {
    return io.out("It also runs while you are not logged in (lingering is enabled for you).");
  }
  const name = world.environment.USER || user;
  io.out(`It ends when you log out. To keep it running: sudo loginctl enable-linger ${name}`);
}
