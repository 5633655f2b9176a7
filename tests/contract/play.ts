import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import type { FakeClock } from "../support/fake_clock.ts";
import { SandboxSocket } from "../sandbox/sandbox_client.ts";
import { loadSocket } from "./recordings.ts";

/** Does what the client of a recording did, and asserts what it saw. */
export type Play = (stage: {
  readonly sandbox: SandboxServer;
  readonly clock: FakeClock;
  /** Name of the recording. */
  readonly name: string;
}) => Promise<void>;

/** Sends what the client sent in the recording. */
export function sendRecorded(socket: SandboxSocket, name: string): void {
  for (const frame of loadSocket(name).frames ?? []) {
    if (frame.dir === "out") socket.send(frame.text ?? "");
  }
}

/** The bot was connected and lost its socket; `seq` is the last one it saw. */
export async function loseConnection(
  sandbox: SandboxServer,
  options: { clean?: boolean } = {},
): Promise<{ id: string; seq: number }> {
  const socket = SandboxSocket.as(sandbox, "hermes");
  const hello = await socket.event("hello");
  const { seq } = await socket.event("status_change");
  if (options.clean === true) socket.close();
  else sandbox.cut("hermes");
  await socket.closed;
  await sandbox.connected("hermes", 0);
  return { id: hello.data.connection_id, seq };
}

/** Names and numbers of the events that a reconnect brings. */
export async function eventsOf(
  sandbox: SandboxServer,
  username: string,
  connectionId: string,
  seq: number,
): Promise<[string, number][]> {
  const query = `?connection_id=${connectionId}&sequence_number=${seq}`;
  const socket = SandboxSocket.as(sandbox, username, query);
  await socket.opened();
  await socket.ping(1);
  socket.close();
  return socket.frames.filter((frame) => frame.event !== undefined)
    .map((frame) => [frame.event, frame.seq]);
}
